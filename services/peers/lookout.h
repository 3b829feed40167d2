/*
 * Looks at all sources again and again: BIRD is asked by its control socket and files are read on a worker thread of
 * libuv, web addresses on the loop. What all have said is one round, a job of the store (telling.h).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_LOOKOUT_H
#define FONTAINE_PEERS_LOOKOUT_H

#include "base/buf.h"
#include "net/web_client.h"
#include "peers/telling.h"
#include "store/store.h"

struct lookout; /* opaque; ends with lookout_close() */

/** All is borrowed until the end. */
struct lookout_config {
	uv_loop_t *loop;
	struct store *store;
	struct web_client *client;
	struct telling *telling;     /* its networks are the lookout's to keep */
	void (*on_told)(void *data); /* there may be something to send */
	void *data;
};

/** Folders of the files that it reads, for the sandbox, ended by NULL; free() each, and the list. */
char **lookout_read_paths(const struct pop *p);

/** Begin. Never NULL. */
struct lookout *lookout_start(const struct lookout_config *config);

/** How all is since the last round; NULL before the first. Until the loop turns. */
const struct subjects *lookout_subjects(const struct lookout *l);

void lookout_metrics(const struct lookout *l, struct buf *b);

/** End the round under way, free @l, and call @on_closed on the loop. */
void lookout_close(struct lookout *l, void (*on_closed)(void *data), void *data);

#endif
