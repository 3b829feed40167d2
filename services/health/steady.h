/* How one socket is, by many answers: one lost packet changes nothing, and what comes back proves itself. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_STEADY_H
#define FONTAINE_HEALTH_STEADY_H

#include <stdbool.h>
#include <stdint.h>

enum health {
	HEALTH_UNKNOWN, /* not asked often enough */
	HEALTH_DOWN,
	HEALTH_HELD, /* answers well again, not yet for long */
	HEALTH_UP,
};

enum {
	STEADY_FALL = 3,         /* bad answers, or none, that make it DOWN */
	STEADY_WITHIN_MS = 5000, /* when they come in this time */
	STEADY_RISE = 3,         /* good ones, one after the other, that make it HELD */
};

/** Zeroed before use. */
struct steady {
	enum health health;
	uint64_t bad_ms[STEADY_FALL]; /* when the last ones were, as a ring */
	unsigned n_bad, n_good;       /* in all; one after the other */
	uint64_t held_ms;             /* since when it is HELD */
};

/** Take one answer at @now_ms, monotonic; @hold_ms without a bad one make it UP. Return: whether its health changed. */
bool steady_take(struct steady *s, bool is_good, uint64_t hold_ms, uint64_t now_ms);

#endif
