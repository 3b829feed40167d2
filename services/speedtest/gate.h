/*
 * The one gate that bulk requests of all workers pass: admission behind a lock,
 * with the clock. Any thread may call.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_GATE_H
#define FONTAINE_SPEEDTEST_GATE_H

#include "base/buf.h"
#include "base/pop.h"
#include "speedtest/admission.h"

struct gate; /* opaque; release with gate_free() */

/** As the POP file says. Never NULL. */
struct gate *gate_new(const struct pop_speedtest *limits);
void gate_free(struct gate *g);

/** As admission_enter(); give the flow back with gate_leave(). */
struct flow *gate_enter(struct gate *g, struct visitor who, enum direction d,
                        struct admission_answer *reterr);
void gate_leave(struct gate *g, struct flow *f);

struct admission_answer gate_ask(struct gate *g, struct visitor who);

struct gate_reading {
	uint64_t uploaded_bytes;
	struct tcp_stats tcp; /* of all sockets, both directions; without bytes_acked and bytes_received */
};

/** How the running test of this name stands. Return: 0 or -ENOENT. */
int gate_read(struct gate *g, const char *test, struct gate_reading *ret);

/** Append what goes on. */
void gate_metrics(struct gate *g, struct buf *text);

#endif
