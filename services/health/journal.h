/* Events on their way into the database, in their order; when the disk is full they wait until it is not. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_JOURNAL_H
#define FONTAINE_HEALTH_JOURNAL_H

#include "health/model.h"
#include "store/store.h"

enum { JOURNAL_MAX = 1024 }; /* that wait; of more, the last ones are lost, with a line in the log */

struct journal_entry;

/** Zeroed, but for store, which is borrowed, before use. */
struct journal {
	struct store *store;
	struct journal_entry *first, *last;
	unsigned n;
	bool is_writing;
};

/** Copy @e, and write it as soon as those before it are. */
void journal_add(struct journal *j, const struct model_event *e);

/** Try again what could not be written. */
void journal_write(struct journal *j);

/** Let go of what is left; the store is closed. */
void journal_done(struct journal *j);

#endif
