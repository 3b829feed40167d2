/*
 * One direction of one test: what moved, over all its requests, and how fast.
 * Pure. Time without a request does not count, so the rate is that of the link
 * and not of the pauses.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_FLOW_H
#define FONTAINE_SPEEDTEST_FLOW_H

#include "speedtest/tcp_tally.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test;

struct flow {
	struct test *test;
	_Atomic uint64_t bytes; /* so far */
	unsigned n_requests;    /* now */
	uint64_t rate_bps;      /* of the last seconds */
	struct tcp_tally tcp;   /* of its sockets, when the test has a name */
	/* Private to flow.c. */
	uint64_t measured_ms;
	uint64_t window_ms;   /* the present one began */
	uint64_t window_from; /* with this byte */
	uint64_t idle_ms;     /* the last request ended */
	uint64_t taken;
};

/** @bytes moved. Any thread may call it; the others below are for one at a time. */
static inline void flow_add(struct flow *f, size_t bytes)
{
	atomic_fetch_add_explicit(&f->bytes, bytes, memory_order_relaxed);
}

void flow_begin_request(struct flow *f, uint64_t now_ms);
void flow_end_request(struct flow *f, uint64_t now_ms);

/** Bring rate_bps up to date, quick to follow upwards. Call several times a second, and before flow_end_request(). */
void flow_measure(struct flow *f, uint64_t now_ms);

/** Whether it moved for long enough that TCP has found the rate. */
bool flow_is_known(const struct flow *f);

/** Return: bytes since the last call. */
uint64_t flow_take(struct flow *f);

#endif
