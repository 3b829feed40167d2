/*
 * What the kernel did on all sockets of one direction of a test, added up: it
 * tells what kept the test from being faster. Any thread may add.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_TCP_TALLY_H
#define FONTAINE_SPEEDTEST_TCP_TALLY_H

#include "net/tcp.h"

#include <stdatomic.h>

/** Zeroed at first. */
struct tcp_tally {
	_Atomic uint64_t busy_us, rwnd_limited_us, sndbuf_limited_us, sent_bytes, retransmitted_bytes;
	_Atomic uint32_t min_rtt_us; /* 0: not known */
	_Atomic uint32_t rtt_us;     /* the latest, of any socket */
};

/** Add what happened on a socket between two readings of it. */
void tcp_tally_add(struct tcp_tally *t, const struct tcp_stats *before, const struct tcp_stats *after);

/** Add all that @t has to @ret, as if it were one socket's. */
void tcp_tally_read(const struct tcp_tally *t, struct tcp_stats *ret);

#endif
