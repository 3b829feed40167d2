/* What the two files of publishing share. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PUBLISHING_JOB_H
#define FONTAINE_RDNS_PUBLISHING_JOB_H

#include "rdns/filling.h"
#include "rdns/publisher.h"
#include "rdns/publishing.h"
#include "rdns/synthesised.h"
#include "rdns/wanted_db.h"

#include <sys/queue.h>

/** A change on its way. */
struct carried {
	LIST_ENTRY(carried)
	next;
	struct publishing *p;
	int64_t id;
	bool is_again, is_in_store;
	enum change_end end;   /* when all else is put back too */
	enum change_event why; /* it was given up */
	struct wanted_change wanted;
	ldns_rr_list *gained, *lost; /* of the catalog: records of zones */
	struct filling *filling;     /* with them; NULL: none goes on */
	publishing_fn on_end;
	void *data;
};

struct import {
	int64_t first, last; /* 0: none goes on */
	size_t n_left;       /* zones to compare */
	bool is_right;
	ldns_rr_list *touched; /* zones of the catalog, as records */
	struct filling *filling;
	enum change_end end;
	publishing_fn on_end;
	void *data;
};

struct publishing {
	uv_loop_t *loop;
	struct store *store;
	const struct pop *pop;
	const struct allocations *zones;
	struct publisher *publisher;
	struct prompting *prompting;
	char own[SYNTHESISED_NAME_MAX], catalog[SYNTHESISED_NAME_MAX];
	LIST_HEAD(carried_list, carried)
	carried;
	size_t n_carried;
	struct import import;

	uv_timer_t round;
	bool is_in_round;
	struct audit_change found;        /* the unfinished change that the round has come to */
	bool is_inspecting;               /* zones of the catalog */
	char inspected[REVERSE_NAME_MAX]; /* the one it has come to; "": none */

	unsigned n_holds; /* of the memory: jobs of the store, the publisher, the timer */
	bool is_closing;
	void (*on_closed)(void *data);
	void *closed_data;
};

/** Make right the catalog, and those zones of it that @zones has records of. */
struct filling *publishing_fill(struct publishing *p, const ldns_rr_list *zones, filling_fn on_end, void *data);

/** As store_run(); @p stays until @done, which calls publishing_release(). */
int publishing_run(struct publishing *p, store_work work, store_done done, void *data);
void publishing_release(struct publishing *p);

/** On the store: as edit_roll_back(). */
int publishing_take_back(sqlite3 *db, int64_t id);

/** Begin to publish @change, of which id, is_again, on_end and data are set. Return: 0, or -ENOBUFS. */
int publishing_carry(struct publishing *p, const struct carried *change);

/** The timer's: take up what was cut off, and compare all zones. */
void publishing_round(uv_timer_t *timer);

/** Have the next round before long. */
void publishing_look_soon(struct publishing *p);

#endif
