/*
 * How a project's upstreams have behaved, and so which one is next: the first of the list, unless it has
 * failed lately. Who fails rests, each time twice as long, and never all at the same moment. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_UPSTREAM_H
#define FONTAINE_MIRROR_UPSTREAM_H

#include "mirror/outcome.h"

#include <stddef.h>
#include <stdint.h>

enum {
	UPSTREAM_REST_MIN_S = 60,
	UPSTREAM_REST_MAX_S = 6 * 3600,
	UPSTREAM_RERUNS_MAX = 3, /* in a row, until it counts as failing */
	UPSTREAM_HOST_MAX = 256,
};

/** Times are Unix seconds. */
struct upstream {
	unsigned n_failures; /* in a row */
	unsigned n_reruns;   /* in a row */
	int64_t rests_until_s;
};

/** A run from it came to @o. */
void upstream_note(struct upstream *u, enum outcome o, int64_t now_s, uint32_t (*random)(uint32_t bound));

/**
 * The one that the next run goes to, of @n, at least 1, in order of preference; *ret_wait_s until it has
 * rested, 0 for one that has.
 */
size_t upstream_choose(const struct upstream *all, size_t n, int64_t now_s, uint32_t *ret_wait_s);

/** The host in a URL, which runs at one upstream are counted by; cut when it is too long. */
const char *upstream_host(const char *url, char ret[UPSTREAM_HOST_MAX]);

#endif
