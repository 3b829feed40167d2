/*
 * What is told of downloads: one answer of the database for each span, to everybody, and one to operators, which all
 * who wait for it get. One loop.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TRAFFIC_ANSWERS_H
#define FONTAINE_MIRROR_TRAFFIC_ANSWERS_H

#include "mirror/engine.h"
#include "mirror/traffic_db.h"

#include <stdbool.h>

struct traffic_answers; /* opaque; release with traffic_answers_free() */

/** @names is borrowed. @hides_networks: but for operators. Never NULL. */
struct traffic_answers *traffic_answers_new(const struct as_names *names, bool hides_networks);
void traffic_answers_free(struct traffic_answers *a);

/** Whether traffic_answers_ask() would not ask the database. */
bool traffic_answers_has(struct traffic_answers *a, enum traffic_span span, bool is_operator);

/** Ask the database of @e, unless it is asked already or was just now; as traffic_ask(). */
void traffic_answers_ask(struct traffic_answers *a, struct engine *e, enum traffic_span span, bool is_operator,
                         void (*on_answer)(void *data, int rc, const char *text), void *data);

#endif
