/*
 * What DNS is to have, as records, read from the database: before and after a change, and in a whole zone.
 * Blocking; each runs as a job of the store.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_WANTED_DB_H
#define FONTAINE_RDNS_WANTED_DB_H

#include "base/pop.h"
#include "base/reverse.h"
#include "rdns/allocations.h"
#include "rdns/audit_db.h"
#include "rdns/records.h"

/** A change that is neither verified nor rolled back. */
struct wanted_change {
	enum audit_state state;
	struct prefix zone;           /* of ours; or the one that Knot makes names in (rdns/synthesised.h) */
	ldns_rr_list *before, *after; /* owned */
	struct prefix subject;
	ldns_rr_list *shown; /* what Knot serves afterwards beside @after: names that go to zones below; owned */
};

/** Return: also -ENOENT when there is no such change, -EDOM when it is in none of @zones. */
int wanted_db_change(sqlite3 *db, const struct allocations *zones, int64_t id, struct wanted_change *ret);
void wanted_change_done(struct wanted_change *c);

/**
 * What is in the zone of @zone, which is one of @zones or below them, as @records; and what was and is to be in it by
 * changes on their way, but those from @first to @last, as @unsettled. Both are appended to. A hosted name is in the
 * zone next above it.
 */
struct wanted_zone {
	const struct allocations *zones;
	struct prefix zone;
	bool is_synthesised; /* below: has hosted names alone */
	int64_t first, last;
	ldns_rr_list *records, *unsettled;
};

int wanted_db_zone(sqlite3 *db, const struct wanted_zone *w);

/** Append to @list what the @catalog has of zones that are delegated to the server @own alone (rdns/synthesised.h). */
int wanted_db_catalog(sqlite3 *db, const char *own, const char *catalog, ldns_rr_list *list);

/** The zone that is in that catalog after @after ("" before all). Return: also -ENOENT. */
int wanted_db_next_synthesised(sqlite3 *db, const char *own, const char *after, char ret[REVERSE_NAME_MAX]);

/** Append to w->records the NS record of each zone of the catalog that the changes from w->first to w->last touch. */
int wanted_db_touched(sqlite3 *db, const struct pop *pop, const struct wanted_zone *w);

#endif
