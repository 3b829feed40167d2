/* Who did what: lines that are only ever added. And how far each change has come on its way into Knot. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_AUDIT_DB_H
#define FONTAINE_RDNS_AUDIT_DB_H

#include "rdns/rdns_db.h"

#include <stdbool.h>
#include <yyjson.h>

/** What a line is about: "delegation", whose subject is a prefix; "ptr", an address; "token", its label. */
extern const char audit_delegation[], audit_ptr[], audit_token[];

/** Texts are borrowed; before, after and checks are JSON, or NULL. */
struct audit_line {
	int64_t at; /* Unix seconds */
	const char *who;
	const char *what, *subject;
	int64_t member; /* whose the subject is; 0: nobody's */
	const char *before, *after, *checks;
	int64_t undoes; /* the line whose change this one takes back; 0: none */
};

/** Add a line. @ret_seq counts from 1. */
int audit_db_add(sqlite3 *db, const struct audit_line *line, int64_t *ret_seq);

struct audit_filter {
	int64_t member;      /* 0: of all members */
	const char *subject; /* NULL: any */
	int64_t before_seq;  /* 0: from the newest on */
	unsigned limit;
};

/**
 * Add lines, the newest first, to the array @list: {"seq","at","who","what","subject","asn","before",
 * "after","checks","undoes","change"}. @ret_more is the before_seq of the next page, 0 after the last.
 */
int audit_db_list(sqlite3 *db, const struct audit_filter *filter, yyjson_mut_doc *doc, yyjson_mut_val *list,
                  int64_t *ret_more);

enum audit_state {
	AUDIT_WRITTEN, /* in the database alone */
	AUDIT_SENT,    /* Knot may have it */
	AUDIT_VERIFIED,
	AUDIT_ROLLED_BACK,
	AUDIT_STATES
};

extern const char *const audit_states[AUDIT_STATES + 1]; /* ends with NULL: as the database has them */

/** The change that the line @id of the audit log tells of has been written; @is_end: its subject is there no more. */
int change_db_add(sqlite3 *db, int64_t id, bool is_end);

/**
 * Move a change on; one that is verified makes live what still has its version.
 * Return: also -ENOENT without such a change, -EINVAL when its state does not lead there.
 */
int change_db_move(sqlite3 *db, int64_t id, enum audit_state to);

struct audit_change {
	int64_t id;
	enum audit_state state;
	char what[16], subject[PREFIX_TEXT_MAX];
};

/** The first change after @id that is neither verified nor rolled back. Return: also -ENOENT. */
int change_db_next(sqlite3 *db, int64_t id, struct audit_change *ret);

/** The same of those alone that end something. */
int change_db_next_end(sqlite3 *db, int64_t id, struct audit_change *ret);

/** Whether the change @id is neither verified nor rolled back: 1, 0, or as db_exec(). */
int change_db_is_in_progress(sqlite3 *db, int64_t id);

/** What has the version @id is served by Knot. */
int change_db_set_live(sqlite3 *db, int64_t id);

#endif
