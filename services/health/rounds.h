/* Asks every service of the POP once a second, and announces what the answers allow. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_ROUNDS_H
#define FONTAINE_HEALTH_ROUNDS_H

#include "health/health_db.h"
#include "health/journal.h"
#include "health/lease.h"
#include "health/model.h"

#include <uv.h>

struct rounds; /* opaque; ends with rounds_close() */

struct rounds_config {
	uv_loop_t *loop;
	struct model *model;
	struct store *store;
	struct journal *journal;
	struct leases *leases; /* NULL: nothing is announced */
};

/** What it counts. */
struct rounds_counters {
	uint64_t asked, bad; /* questions, and answers that were none */
	double speed_bps[2]; /* of the last speed test, by IPv4 and IPv6; 0: none yet */
	int64_t speed_s;     /* when, Unix seconds */
};

/** All of @config is borrowed. Return: 0 and *ret; or -ENOMEM. */
int rounds_start(const struct rounds_config *config, struct rounds **ret);

/** Take back what is announced, wait for what was asked, and call @on_closed with @data. */
void rounds_close(struct rounds *r, void (*on_closed)(void *data), void *data);

/** An operator has changed what is drained: announce accordingly now. */
void rounds_announce(struct rounds *r);

const struct rounds_counters *rounds_counters(const struct rounds *r);

#endif
