/* One direction of a speed test under load: its rate, and how long answers take meanwhile. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_LOAD_H
#define FONTAINE_FONTAINE_LOAD_H

#include "fontaine/client.h"
#include "fontaine/figures.h"

enum {
	LOAD_RAMP_MS = 3000, /* what slow start has lost comes late, and with all that waited for it, but within this */
	LOAD_STREAMS_MAX = 64,
};

struct load_plan {
	bool upload;
	unsigned streams;       /* 1 to LOAD_STREAMS_MAX */
	double measured_ms;     /* after the ramp */
	const char *path;       /* what the streams download, or where they upload to */
	const char *probe_path; /* what is asked for its latency */
	bool has_count;         /* the answer to that is the server's count, as of speedtestd's /received */
	/** Called ten times a second with the rate so far and the share of the time that has passed. */
	void (*on_progress)(double bits_per_second, double share, void *data);
	void *data;
};

struct load {
	struct rate rate;         /* by the receiver's count, when the server tells it */
	uint64_t total_bytes;     /* with the ramp */
	struct samples latencies; /* milliseconds, after the ramp; release with samples_done() */
	bool has_tcp;             /* whether the sender's side is known: */
	struct tcp_work tcp;
};

/** Return: whether it was measured; then *ret, else *reterr. */
bool load_run(struct client *c, const struct load_plan *plan, struct load *ret, struct answer *reterr);

#endif
