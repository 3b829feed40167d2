/* SPDX-License-Identifier: MIT */
#include "net/h2_pace.h"

static void begin_period(struct h2_pace *p, uint64_t now_ms)
{
	p->least = p->bytes;
	p->since_ms = now_ms;
}

void h2_pace_init(struct h2_pace *p, uint64_t now_ms)
{
	p->bytes = H2_PACE_START_BYTES;
	begin_period(p, now_ms);
}

static size_t clamp(uint64_t bytes, uint64_t least, uint64_t most)
{
	if (bytes < least)
		bytes = least;
	return (size_t)(bytes < most ? bytes : most);
}

void h2_pace_refill(struct h2_pace *p, size_t unsent, uint64_t bytes_per_s, uint64_t now_ms)
{
	size_t most = clamp(bytes_per_s * H2_PACE_MAX_MS / 1000, H2_PACE_ROOM_BYTES, H2_PACE_MAX_BYTES);

	if (unsent < p->least)
		p->least = unsent;
	if (unsent > 0 && now_ms < p->since_ms + H2_PACE_PERIOD_MS)
		return;
	p->bytes = clamp(unsent == 0 ? 2 * p->bytes : p->bytes - p->least, H2_PACE_MIN_BYTES, most);
	begin_period(p, now_ms);
}
