/*
 * The ndt7 protocol, v0.11: a test over WebSocket in each direction, and the reply
 * of a locate service that points to ourselves and to our neighbours.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_NDT7_H
#define FONTAINE_SPEEDTEST_NDT7_H

#include "base/buf.h"
#include "net/http.h"
#include "speedtest/admission.h"

#include <stdatomic.h>

/** Handlers' data is struct speedtest. */
extern const struct http_route ndt7_routes[];

/** How a test ended. */
enum ndt7_end {
	NDT7_DONE,           /* close frames went both ways */
	NDT7_LOST,           /* the client went without one */
	NDT7_LATE,           /* it was still there when all tests are over */
	NDT7_PROTOCOL_ERROR, /* violations, each answered with its close code */
	NDT7_UNACCEPTABLE,
	NDT7_INVALID_TEXT,
	NDT7_TOO_BIG,
	NDT7_ENDS,
};

struct ndt7_counters {
	_Atomic uint64_t ended[DIRECTIONS][NDT7_ENDS];
};

/** Append them. */
void ndt7_metrics(const struct ndt7_counters *c, struct buf *text);

#endif
