/* How often a client may come: a token bucket per prefix. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_LIMIT_H
#define FONTAINE_NET_LIMIT_H

#include "base/addr.h"

#include <stdint.h>

/** A client is its /32 or its /56: what one household has (RIPE-690). */
enum {
	LIMIT_IPV4_BITS = 32,
	LIMIT_IPV6_BITS = 56,
};

struct limit_rate {
	uint32_t per_second; /* 0: no limit */
	uint32_t burst;      /* at least 1 */
};

struct limit; /* opaque; release with limit_free() */

/** Remembers the @clients seen last, and no more. Never NULL. */
struct limit *limit_new(struct limit_rate rate, uint32_t clients);
void limit_free(struct limit *l);

/**
 * Charge one request to @client (borrowed) at @now_ms, monotonic.
 * Return: 0, or -EAGAIN with *reterr_wait_ms = delay until it would pass.
 */
int limit_take(struct limit *l, const struct addr *client, uint64_t now_ms,
               uint32_t *reterr_wait_ms);

#endif
