/* SPDX-License-Identifier: MIT */
#include "mirror/upstream.h"

#include "base/backoff.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void rest(struct upstream *u, unsigned n, int64_t now_s, uint32_t (*random)(uint32_t bound))
{
	u->rests_until_s = now_s + backoff_s(n, UPSTREAM_REST_MIN_S, UPSTREAM_REST_MAX_S, random);
}

void upstream_note(struct upstream *u, enum outcome o, int64_t now_s, uint32_t (*random)(uint32_t bound))
{
	switch (o) {
	case OUTCOME_DONE:
	case OUTCOME_UNCHANGED:
		*u = (struct upstream){.n_failures = 0};
		break;
	case OUTCOME_RERUN:
		u->n_reruns++;
		if (u->n_reruns > UPSTREAM_RERUNS_MAX)
			rest(u, ++u->n_failures, now_s, random);
		break;
	case OUTCOME_RETRY:
	case OUTCOME_CONFIGURATION:
	case OUTCOME_KILLED:
		rest(u, ++u->n_failures, now_s, random);
		break;
	case OUTCOME_HELD: /* for what is here, or what the operator has to judge */
	case OUTCOMES:
		break;
	}
}

size_t upstream_choose(const struct upstream *all, size_t n, int64_t now_s, uint32_t *ret_wait_s)
{
	size_t best = 0;
	int64_t best_wait_s = INT64_MAX;

	assert(n > 0);
	for (size_t i = 0; i < n && best_wait_s > 0; i++) {
		int64_t wait_s = all[i].rests_until_s - now_s;
		if (wait_s < 0)
			wait_s = 0;
		if (wait_s > UPSTREAM_REST_MAX_S) /* written before the clock went back */
			wait_s = UPSTREAM_REST_MAX_S;
		if (wait_s >= best_wait_s)
			continue;
		best = i;
		best_wait_s = wait_s;
	}
	*ret_wait_s = (uint32_t)best_wait_s;
	return best;
}

const char *upstream_host(const char *url, char ret[UPSTREAM_HOST_MAX])
{
	const char *host = strstr(url, "://");

	host = host == NULL ? url : host + 3;
	size_t len = strcspn(host, "/");
	if (*host == '[')
		len = strcspn(host, "]") + 1;
	else if (memchr(host, ':', len) != NULL)
		len = strcspn(host, ":");
	(void)snprintf(ret, UPSTREAM_HOST_MAX, "%.*s", (int)len, host);
	return ret;
}
