/* SPDX-License-Identifier: MIT */
#include "mirror/push.h"

#include "base/backoff.h"

#include <stdio.h>

const char *const push_outcome_names[PUSH_OUTCOMES] = {"told", "held", "failed", "given-up"};

static const struct {
	int status;
	const char *words;
} known[] = {
	{401, "it does not accept our token: put one of this project there and here"},
	{403, "our token is good for another project there"},
	{404, "it has no project of this name"},
	{409, "it is held there, and runs when it is released"},
	{429, "too many of our tokens were wrong"},
};

static void say(struct push *p, int status, const char *why)
{
	(void)snprintf(p->words, sizeof(p->words), "it answers with status %d", status);
	if (status == 0)
		(void)snprintf(p->words, sizeof(p->words), "%s", why);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].status == status)
			(void)snprintf(p->words, sizeof(p->words), "%s", known[i].words);
}

enum push_outcome push_note(struct push *p, int status, const char *why, int64_t now_s,
                            uint32_t (*random)(uint32_t bound))
{
	if (status / 100 == 2) {
		*p = (struct push){.told_s = now_s};
		return PUSH_TOLD;
	}
	say(p, status, why);
	p->tries++;
	if (status != 409 && p->tries < PUSH_TRIES_MAX) {
		p->due_s = now_s + backoff_s(p->tries, PUSH_REST_MIN_S, PUSH_REST_MAX_S, random);
		return PUSH_FAILED;
	}
	p->wanted = 0;
	p->due_s = 0;
	return status == 409 ? PUSH_HELD : PUSH_GIVEN_UP;
}
