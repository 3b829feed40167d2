/*
 * Sends what is in the outbox: mail by the POP's mail server, webhooks by themselves, some at once, each destination in
 * order. What fails is tried again, ever later, until it is given up.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_COURIER_H
#define FONTAINE_PEERS_COURIER_H

#include "base/buf.h"
#include "base/pop.h"
#include "net/web_client.h"
#include "store/store.h"

enum {
	COURIER_AT_ONCE = 8,
	COURIER_LIMIT_MS = 30000, /* of each try */
	COURIER_WAIT_MIN_S = 15,  /* before the second try */
	COURIER_WAIT_MAX_S = 3600,
};

struct courier; /* opaque; ends with courier_close() */

/** All is borrowed until the end. */
struct courier_config {
	uv_loop_t *loop;
	struct store *store;
	struct web_client *client;
	const struct pop *pop; /* with its section notices */
};

/** Begin. Never NULL. */
struct courier *courier_start(const struct courier_config *config);

/** There may be something to send. */
void courier_look(struct courier *c);

void courier_metrics(const struct courier *c, struct buf *b);

/** Once the client is closed, nothing is under way: then free @c, and call @on_closed on the loop. */
void courier_close(struct courier *c, void (*on_closed)(void *data), void *data);

#endif
