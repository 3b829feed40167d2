/* SPDX-License-Identifier: MIT */
#include "mirror/watchdog.h"

void watchdog_start(struct watchdog *w, uint32_t limit_s, uint32_t stall_s, int64_t now_s)
{
	*w = (struct watchdog){.ends_s = now_s + limit_s, .stall_s = stall_s};
	watchdog_rest(w, now_s);
}

void watchdog_rest(struct watchdog *w, int64_t now_s)
{
	w->stalls_s = now_s + w->stall_s;
	w->moved_bytes = 0;
}

enum watchdog_verdict watchdog_look(struct watchdog *w, uint64_t moved_bytes, int64_t now_s)
{
	if (now_s >= w->ends_s)
		return WATCHDOG_OVERTIME;
	if (moved_bytes >= w->moved_bytes && moved_bytes - w->moved_bytes >= WATCHDOG_MOVED_MIN_BYTES) {
		w->moved_bytes = moved_bytes;
		w->stalls_s = now_s + w->stall_s;
	}
	return now_s >= w->stalls_s ? WATCHDOG_STALLED : WATCHDOG_FINE;
}
