/* Members are told when their sessions and ports go down and come back: all that does it, in one. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_NOTICES_H
#define FONTAINE_PEERS_NOTICES_H

#include "base/buf.h"
#include "base/pop.h"
#include "peers/telling.h"
#include "store/store.h"

#include <uv.h>

struct notices; /* opaque; ends with notices_close() */

/**
 * For @pop (borrowed), which has a section notices
 * @database: a path.
 * Return: 0 and *ret; or a negative errno, logged.
 */
int notices_open(const struct pop *pop, const char *database, uv_loop_t *loop, struct notices **ret);

const struct pop *notices_pop(const struct notices *n);

/** As lookout_subjects(). */
const struct subjects *notices_subjects(const struct notices *n);

/** The database, and who is told, for jobs in it. */
struct store *notices_store(const struct notices *n);
struct telling *notices_telling(struct notices *n);

/** There may be something to send. */
void notices_look(struct notices *n);

void notices_metrics(const struct notices *n, struct buf *b);

/** End what is under way, free @n, and call @on_closed on the loop. */
void notices_close(struct notices *n, void (*on_closed)(void *data), void *data);

#endif
