/*
 * What the handlers of speedtestd share, and its routes that belong to no protocol
 * of the field: the count of an upload as it arrives, and the metrics.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_SPEEDTEST_H
#define FONTAINE_SPEEDTEST_SPEEDTEST_H

#include "net/http.h"
#include "speedtest/ndt7.h"
#include "speedtest/turn.h"

struct gate;
struct http_daemon;
struct pop;
struct results;

extern const struct http_route speedtest_routes[];

/** One for all workers. */
struct speedtest {
	const struct pop *pop;
	struct http_blob payload;
	struct gate *gate;
	struct turn turn;
	const struct http_daemon *daemon;
	struct ndt7_counters ndt7;
	struct results *results;
};

#endif
