/*
 * Two watchdogs of a run: it ends in time, and bytes move meanwhile. A few bytes now and then, such as a greeting
 * that never ends, are none. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_WATCHDOG_H
#define FONTAINE_MIRROR_WATCHDOG_H

#include <stdint.h>

enum { WATCHDOG_MOVED_MIN_BYTES = 16 << 10 }; /* that move in the time of a stall, or it is one */

struct watchdog {
	int64_t ends_s;   /* on the monotonic clock, as all */
	int64_t stalls_s; /* unless enough moves */
	uint32_t stall_s;
	uint64_t moved_bytes; /* when stalls_s was set */
};

enum watchdog_verdict {
	WATCHDOG_FINE,
	WATCHDOG_STALLED,
	WATCHDOG_OVERTIME,
};

/** A run begins. */
void watchdog_start(struct watchdog *w, uint32_t limit_s, uint32_t stall_s, int64_t now_s);

/** A program of it begins, which has moved nothing yet. */
void watchdog_rest(struct watchdog *w, int64_t now_s);

/** @moved_bytes: of the program so far; it may seem to go back. */
enum watchdog_verdict watchdog_look(struct watchdog *w, uint64_t moved_bytes, int64_t now_s);

#endif
