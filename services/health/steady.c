/* How one socket is. */
/* SPDX-License-Identifier: MIT */
#include "health/steady.h"

#include <assert.h>

#define BIT(n) (1U << (n))

static const unsigned next[] = {
	[HEALTH_UNKNOWN] = BIT(HEALTH_DOWN) | BIT(HEALTH_HELD),
	[HEALTH_DOWN] = BIT(HEALTH_HELD),
	[HEALTH_HELD] = BIT(HEALTH_DOWN) | BIT(HEALTH_UP),
	[HEALTH_UP] = BIT(HEALTH_DOWN),
};

static bool move(struct steady *s, enum health to, uint64_t now_ms)
{
	if (s->health == to)
		return false;
	assert((next[s->health] & BIT(to)) != 0);
	s->health = to;
	s->held_ms = now_ms;
	return true;
}

static bool take_bad(struct steady *s, uint64_t now_ms)
{
	s->n_good = 0;
	s->held_ms = now_ms; /* it has to hold out from here */
	s->bad_ms[s->n_bad++ % STEADY_FALL] = now_ms;
	uint64_t first_ms = s->bad_ms[s->n_bad % STEADY_FALL]; /* the oldest in the ring */
	if (s->n_bad < STEADY_FALL || now_ms - first_ms > STEADY_WITHIN_MS)
		return false;
	return move(s, HEALTH_DOWN, now_ms);
}

bool steady_take(struct steady *s, bool is_good, uint64_t hold_ms, uint64_t now_ms)
{
	if (!is_good)
		return take_bad(s, now_ms);
	s->n_good++;
	if (s->health == HEALTH_UP)
		return false;
	if (s->health == HEALTH_HELD)
		return now_ms - s->held_ms >= hold_ms && move(s, HEALTH_UP, now_ms);
	return s->n_good >= STEADY_RISE && move(s, HEALTH_HELD, now_ms);
}
