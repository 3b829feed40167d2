/*
 * What speedtestd answers: the LibreSpeed protocol (worker 6.2, command line
 * 1.0), the count of each upload as it arrives, and the page that uses both.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_SPEEDTEST_H
#define FONTAINE_SPEEDTEST_SPEEDTEST_H

#include "net/http.h"
#include "net/workers.h"
#include "speedtest/tally.h"

extern const struct http_route speedtest_routes[];

/** What the handlers share; one for all workers. */
struct speedtest {
	struct http_blob payload;
	struct tally *uploads;
	unsigned n_workers;
	struct http_counters counters[WORKERS_MAX];
};

#endif
