/*
 * One change of a delegation or a hosted name, in one transaction: what the request demands of the version
 * that is there, what is in its way, the change itself, its line in the audit log, and its first state.
 * A change that does nothing is none. What fails later is taken back by another line, never by deleting one.
 * Blocking; each runs as a job of the store.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_EDIT_H
#define FONTAINE_RDNS_EDIT_H

#include "rdns/audit_db.h"
#include "rdns/delegated.h"
#include "rdns/etag.h"

/** Texts are borrowed. */
struct edit {
	int64_t at;        /* Unix seconds */
	const char *who;   /* "AS64500, token backup" */
	int64_t member;    /* whose it is to be, when it is new */
	bool is_operators; /* may change another member's, whose it stays */
	struct etag_conditions conditions;
	const char *checks;    /* JSON of the check that allowed it; NULL: none */
	const struct pop *pop; /* whose delegations to itself may have hosted names inside; NULL: none may */

	/* Set by the edit. */
	int64_t version; /* of what is there now; 0: nothing */
	int64_t change;  /* to be published; 0: all was so already */
	bool is_new;
	bool is_synthesised;              /* what is wanted is such a delegation (rdns/synthesised.h) */
	char in_the_way[PREFIX_TEXT_MAX]; /* the delegated prefix or hosted address */
};

/**
 * Delegate @prefix as @d says, or no more when it is NULL. Nothing is delegated around or inside a
 * delegation, and none over hosted names: one would hide the other. Only to the POP itself it may be, where all
 * of them are the same member's (rdns/synthesised.h).
 * Return: as db_exec(); -EINVAL on malformed conditions, -ESTALE when they do not hold, -EACCES when it is
 * another member's, -ENOENT when there is nothing to end, -EEXIST with e->in_the_way; -EBUSY with e->in_the_way
 * while a change of it, or the end of what overlaps it, or a change of what is around it or inside, is on its way
 * into Knot.
 */
int edit_delegation(sqlite3 *db, struct edit *e, const struct prefix *prefix, const struct delegated *d);

/** Give @address the name @name, or none when it is NULL. Return: as edit_delegation(). */
int edit_ptr(sqlite3 *db, struct edit *e, const struct addr *address, const char *name);

/**
 * Put back what was there before the change @id, which could not be published: Knot is to have that again.
 * @who and @at are for the log. Return: also -ENOENT, or -EINVAL when it is verified or taken back already.
 */
int edit_roll_back(sqlite3 *db, int64_t id, const char *who, int64_t at);

#endif
