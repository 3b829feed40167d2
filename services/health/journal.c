/* SPDX-License-Identifier: MIT */
#include "health/journal.h"

#include "base/log.h"
#include "base/mem.h"
#include "health/health_db.h"

#include <stdio.h>
#include <stdlib.h>

/** With texts of its own. */
struct journal_entry {
	struct model_event event;
	char name[ADDR_TEXT_MAX], reason[MODEL_DETAIL_MAX];
	struct journal_entry *next;
};

static void drop_first(struct journal *j)
{
	struct journal_entry *first = j->first;

	j->first = first->next;
	j->n--;
	free(first);
}

static int write_first(sqlite3 *db, void *data)
{
	const struct journal *j = data;

	return health_db_add(db, &j->first->event);
}

static void on_written(void *data, int rc)
{
	struct journal *j = data;

	j->is_writing = false;
	if (rc < 0) /* was logged */
		return;
	drop_first(j);
	journal_write(j);
}

void journal_write(struct journal *j)
{
	if (j->first != NULL && !j->is_writing)
		j->is_writing = store_run(j->store, write_first, on_written, j) == 0;
}

void journal_add(struct journal *j, const struct model_event *e)
{
	struct journal_entry *n;

	if (j->n == JOURNAL_MAX) {
		log_error("health: %s: %s: cannot be remembered, the disk has been full for too long", e->name,
		          e->state);
		return;
	}
	n = mem_new(sizeof(*n));
	(void)snprintf(n->name, sizeof(n->name), "%s", e->name);
	(void)snprintf(n->reason, sizeof(n->reason), "%s", e->reason);
	n->event = (struct model_event){e->time_s, n->name, e->state, n->reason};
	*(j->first == NULL ? &j->first : &j->last->next) = n;
	j->last = n;
	j->n++;
	journal_write(j);
}

void journal_done(struct journal *j)
{
	while (j->first != NULL)
		drop_first(j);
}
