/* SPDX-License-Identifier: MIT */
#include "speedtest/flow.h"

enum {
	WINDOW_MS = 1000,
	KNOWN_MS = 3000, /* TCP has left slow start */
};

void flow_begin_request(struct flow *f, uint64_t now_ms)
{
	if (f->n_requests++ > 0)
		return;
	f->window_ms += now_ms - f->idle_ms; /* both are 0 at first */
}

void flow_end_request(struct flow *f, uint64_t now_ms)
{
	f->n_requests--;
	f->idle_ms = now_ms;
}

void flow_measure(struct flow *f, uint64_t now_ms)
{
	uint64_t elapsed_ms = now_ms - f->window_ms;

	if (f->n_requests == 0 || elapsed_ms < WINDOW_MS)
		return;
	uint64_t bytes = atomic_load_explicit(&f->bytes, memory_order_relaxed);
	uint64_t rate_bps = (bytes - f->window_from) * 8000 / elapsed_ms;
	f->rate_bps = rate_bps > f->rate_bps ? rate_bps : (f->rate_bps + rate_bps) / 2;
	f->measured_ms += elapsed_ms;
	f->window_ms = now_ms;
	f->window_from = bytes;
}

bool flow_is_known(const struct flow *f)
{
	return f->measured_ms >= KNOWN_MS;
}

uint64_t flow_take(struct flow *f)
{
	uint64_t bytes = atomic_load_explicit(&f->bytes, memory_order_relaxed) - f->taken;

	f->taken += bytes;
	return bytes;
}
