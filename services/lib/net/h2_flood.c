/* SPDX-License-Identifier: MIT */
#include "net/h2_flood.h"

enum { FRAME = 1000 }; /* so that one millisecond earns H2_FLOOD_PER_SECOND */

static void earn(struct h2_flood *f, uint64_t credit)
{
	const uint64_t full = (uint64_t)H2_FLOOD_BURST * FRAME;

	f->credit = credit > full - f->credit ? full : f->credit + credit;
}

void h2_flood_init(struct h2_flood *f, uint64_t now_ms)
{
	*f = (struct h2_flood){.credit = (uint64_t)H2_FLOOD_BURST * FRAME, .seen_ms = now_ms};
}

void h2_flood_earn(struct h2_flood *f, size_t bytes)
{
	earn(f, (uint64_t)bytes * FRAME / H2_FLOOD_BYTES_A_FRAME);
}

bool h2_flood_pay(struct h2_flood *f, uint64_t now_ms)
{
	earn(f, (now_ms - f->seen_ms) * H2_FLOOD_PER_SECOND);
	f->seen_ms = now_ms;
	if (f->credit < FRAME)
		return false;
	f->credit -= FRAME;
	return true;
}
