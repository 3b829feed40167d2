/* SPDX-License-Identifier: MIT */
#include "speedtest/tcp_tally.h"

static void add(_Atomic uint64_t *sum, uint64_t before, uint64_t after)
{
	atomic_fetch_add_explicit(sum, after - before, memory_order_relaxed);
}

static uint64_t get(const _Atomic uint64_t *sum)
{
	return atomic_load_explicit(sum, memory_order_relaxed);
}

/* The smaller one of those that are known. */
static uint32_t least(uint32_t a, uint32_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

void tcp_tally_add(struct tcp_tally *t, const struct tcp_stats *before, const struct tcp_stats *after)
{
	uint32_t min_rtt_us = atomic_load_explicit(&t->min_rtt_us, memory_order_relaxed);

	add(&t->busy_us, before->busy_us, after->busy_us);
	add(&t->rwnd_limited_us, before->rwnd_limited_us, after->rwnd_limited_us);
	add(&t->sndbuf_limited_us, before->sndbuf_limited_us, after->sndbuf_limited_us);
	add(&t->sent_bytes, before->bytes_sent, after->bytes_sent);
	add(&t->retransmitted_bytes, before->bytes_retrans, after->bytes_retrans);
	while (!atomic_compare_exchange_weak(&t->min_rtt_us, &min_rtt_us, least(min_rtt_us, after->min_rtt_us)))
		; /* another thread was there first */
	if (after->rtt_us != 0)
		atomic_store_explicit(&t->rtt_us, after->rtt_us, memory_order_relaxed);
}

void tcp_tally_read(const struct tcp_tally *t, struct tcp_stats *ret)
{
	uint32_t rtt_us = atomic_load_explicit(&t->rtt_us, memory_order_relaxed);

	ret->busy_us += get(&t->busy_us);
	ret->rwnd_limited_us += get(&t->rwnd_limited_us);
	ret->sndbuf_limited_us += get(&t->sndbuf_limited_us);
	ret->bytes_sent += get(&t->sent_bytes);
	ret->bytes_retrans += get(&t->retransmitted_bytes);
	ret->min_rtt_us = least(ret->min_rtt_us, atomic_load_explicit(&t->min_rtt_us, memory_order_relaxed));
	if (rtt_us != 0)
		ret->rtt_us = rtt_us;
}
