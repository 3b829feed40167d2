/* Whether an address is announced. */
/* SPDX-License-Identifier: MIT */
#include "health/announce.h"

static enum announced wanted(const struct announce *a, bool is_fit, bool is_drained, uint64_t left_ms)
{
	if (!is_fit)
		return ANNOUNCED_NOT;
	if (!is_drained)
		return ANNOUNCED_FULLY;
	if (a->now == ANNOUNCED_FULLY)
		return ANNOUNCED_LEAVING;
	return a->now == ANNOUNCED_LEAVING && left_ms > 0 ? ANNOUNCED_LEAVING : ANNOUNCED_NOT;
}

bool announce_step(struct announce *a, bool is_fit, bool is_drained, uint64_t now_ms, uint64_t leave_ms)
{
	uint64_t passed_ms = now_ms - a->since_ms;
	enum announced to = wanted(a, is_fit, is_drained, passed_ms < leave_ms ? leave_ms - passed_ms : 0);

	if (to == a->now)
		return false;
	*a = (struct announce){to, now_ms};
	return true;
}
