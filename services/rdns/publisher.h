/*
 * Changes into DNS, one after the other, each as change.h has it; and now and then a whole zone compared with
 * what it is to be, and repaired. A comparison keeps no change waiting. The database is the owner's: it notes
 * what it is told, and says what is wanted.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PUBLISHER_H
#define FONTAINE_RDNS_PUBLISHER_H

#include "rdns/primary.h"

enum { PUBLISHER_WAITING_MAX = 1024 }; /* changes and repairs; and as many comparisons */

struct publisher_config {
	struct primary primary;
	void *data;
	/** Note that change @id is in @state; then call publisher_noted(), now or later on the loop. */
	void (*note)(int64_t id, enum change_state state, void *data);
	/** Say by publisher_wanted(), now or later on the loop, which records the zone @origin is to have. */
	void (*want)(const char *origin, void *data);
};

/** Since the start. */
struct publisher_counters {
	uint64_t live, failed, pending;   /* changes, by their end */
	uint64_t reconciled, unreachable; /* zones compared, and those that could not be */
	uint64_t drifted;                 /* records deleted and added by repairs */
};

/** A change, whose lists the publisher takes: the records of all names it touches, as they were and are to be. */
struct publication {
	int64_t id;
	const char *origin; /* of the zone; borrowed for the time of the call */
	ldns_rr_list *before, *after;
	ldns_rr_list *shown;      /* what is served then beside @after, by another zone or made; NULL: nothing */
	const char *last_origin;  /* of a zone that this goes from when all else was taken; NULL: none */
	ldns_rr_list *last_to_go; /* and is not asked for */
	bool is_hidden;           /* as change.h has it */
	enum change_state noted;  /* CHANGE_WRITTEN, unless it was cut off */
	bool is_again;            /* after a restart, or a CHANGE_PENDING */
	/** Called once, from the loop or from publisher_noted(). @why: of CHANGE_FAILED. */
	void (*on_end)(enum change_end end, enum change_event why, void *data);
	void *data;
};

struct publisher; /* opaque; ends with publisher_close() */

/** Never NULL. @config is copied, what it points to is borrowed. */
struct publisher *publisher_new(const struct publisher_config *config);

/**
 * Begin a change when its turn comes.
 * Return: 0; -EAGAIN: too many wait; -EINVAL: @origin is none; then nothing is taken.
 */
int publisher_change(struct publisher *p, const struct publication *publication);

/**
 * Compare the zone when its turn comes, and repair it; then call @on_end (may be NULL). What is wrong counts as
 * drift. Return: as publisher_change().
 */
int publisher_inspect(struct publisher *p, const char *origin, void (*on_end)(bool is_right, void *data), void *data);

/** The same of a zone that need not be right, or there, as the caller knows. */
int publisher_reconcile(struct publisher *p, const char *origin, void (*on_end)(bool is_right, void *data), void *data);

/** The answer to note(): 0, or that the database could not. */
void publisher_noted(struct publisher *p, int rc);

/**
 * The answer to want(): the records, and those of names that a change is on its way for, which are left
 * alone. Both are taken; NULL: they could not be read; then nothing is changed.
 */
void publisher_wanted(struct publisher *p, ldns_rr_list *records, ldns_rr_list *unsettled);

const struct publisher_counters *publisher_counters(const struct publisher *p);

/**
 * Leave all as it is, tell nobody, and free @p; then call @on_closed (may be NULL). What note() and want()
 * asked for is not to be answered any more.
 */
void publisher_close(struct publisher *p, void (*on_closed)(void *data), void *data);

#endif
