/*
 * Asks each target over each family of addresses that it has, twenty times a minute, spread evenly: by ICMP
 * echo, or where this machine lets no such socket be opened, by the handshake of TCP on port 443, which a refusal
 * answers as well. What does not come within PROBER_LIMIT_MS is lost.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_PROBER_H
#define FONTAINE_PEERS_PROBER_H

#include "base/addr.h"
#include "base/pop.h"
#include "peers/latency_db.h"

#include <stdbool.h>
#include <uv.h>

enum {
	PROBER_PROBES = 20, /* of each round */
	PROBER_STEP_MS = ROUND_S * 1000 / PROBER_PROBES,
	PROBER_LIMIT_MS = PROBER_STEP_MS - 100,

};

/** What is known of one target over one family. */
struct prober_series {
	const char *target, *title, *host; /* of the POP file */
	const char *family;                /* "ipv4", "ipv6" */
	bool has_address;
	struct addr address;
	uint64_t answered, lost; /* since the start */
	struct round last;       /* the last that is over; its sent is 0 before that */
	struct figure figure;    /* of it */
};

struct prober; /* opaque; ends with prober_close() */

struct prober_config {
	uv_loop_t *loop;
	/** A round is over; texts are good as long as the prober. */
	void (*on_round)(const struct round *r, void *data);
	void *data;
};

/** For @p (borrowed), which has a section latency. Open the sockets, before the sandbox. Never NULL. */
struct prober *prober_new(const struct pop *p);

/** Begin. The loop runs it. */
void prober_start(struct prober *p, const struct prober_config *config);

/** Whether it asks by ICMP. */
bool prober_is_icmp(const struct prober *p);

/** Return: how many there are, @ret borrowed until the end. */
size_t prober_series(const struct prober *p, const struct prober_series **ret);

/**
 * Stop, tell of the rounds so far, and free @p; @on_closed (may be NULL) is called on the loop. Without a
 * start, at once.
 */
void prober_close(struct prober *p, void (*on_closed)(void *data), void *data);

#endif
