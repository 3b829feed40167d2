/*
 * From what was timed and counted to the figures of a speed test, by the same rules
 * as the page (services/speedtest/web). Pure. A figure that is not known is NAN.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_FIGURES_H
#define FONTAINE_FONTAINE_FIGURES_H

#include <stddef.h>
#include <stdint.h>

/** Values in the order in which they came. */
struct samples {
	double *values; /* owned; release with samples_done() */
	size_t n;
};

void samples_add(struct samples *s, double value);
void samples_done(struct samples *s);
double samples_median(const struct samples *s);
double samples_min(const struct samples *s);

/** The mean difference between one value and the next: RFC 3550, 6.4.1, not smoothed. */
double samples_jitter(const struct samples *s);

struct rate {
	uint64_t bytes;
	double ms;
	double bits_per_second;
};

/** A receiver's readings of its count: the rate leaves out a ramp, while TCP finds its speed. */
struct meter {
	double ramp_ms;
	struct reading {
		double ms; /* by the receiver's clock */
		uint64_t bytes;
	} *readings; /* owned; release with meter_done() */
	size_t n;
};

void meter_add(struct meter *m, double ms, uint64_t bytes);
void meter_done(struct meter *m);

/** Since the first reading. */
double meter_elapsed_ms(const struct meter *m);

/** Over the last second, or more when readings are rare. */
double meter_live_bps(const struct meter *m);

/** Between the end of the ramp and the last reading; all 0 before that. */
struct rate meter_measured(const struct meter *m);

/** "A+" to "F" for the latency that a load adds; NULL when it is not known. */
const char *figures_grade(double added_ms);

/** Round trips a minute when one takes @ms under load. */
double figures_rpm(double ms);

/** What the TCP of the sending side did meanwhile, all its connections together. */
struct tcp_work {
	double busy_ms, rwnd_limited_ms, sndbuf_limited_ms;
	double sent_bytes, retransmitted_bytes;
};

/** What kept it from being faster: "receiver", "sender", "network", or "short" for too little to say. */
const char *figures_limit(const struct tcp_work *w);

#endif
