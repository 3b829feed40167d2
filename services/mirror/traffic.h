/*
 * Who downloads how much: nginx and rsyncd write lines into files in memory (mirror/traffic_log.h), which are read,
 * counted and gone within seconds. Of an address its family and the AS that announces it are counted, and nothing is
 * kept. One loop.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TRAFFIC_H
#define FONTAINE_MIRROR_TRAFFIC_H

#include "base/pop.h"
#include "mirror/engine.h"
#include "mirror/traffic_db.h"

#define TRAFFIC_FOLDER "/run/traffic/"

struct traffic; /* opaque; release with traffic_free() */

/** Open the files, to be called before the sandbox: those that are missing are logged. @pop is borrowed. Never NULL. */
struct traffic *traffic_new(const struct pop *pop);
void traffic_free(struct traffic *t);

/** Count, on the loop of the engine, which keeps what is counted. */
void traffic_start(struct traffic *t, uv_loop_t *loop, struct engine *e);

/** Keep what has been counted, and count no more; the engine must not be closing yet. */
void traffic_stop(struct traffic *t);

/**
 * Ask what was downloaded. Who is not an operator gets what may be some seconds old, and networks as far as the
 * POP file says. @on_answer is called on the loop with a text (borrowed), or with a negative errno.
 */
void traffic_ask(struct traffic *t, enum traffic_span span, bool is_operator,
                 void (*on_answer)(void *data, int rc, const char *text), void *data);

/** Who announces which prefix, for prefix_table_release(); NULL: it is not known. */
struct prefix_table *traffic_origins(const struct traffic *t);

void traffic_metrics(const struct traffic *t, struct buf *b);

#endif
