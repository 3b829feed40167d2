/*
 * Results in their database: schema and statements, blocking; each runs as a job of the
 * store. More of it: store/result_table.h. `fontaine speedtest` reads the views
 * speedtest_export and speedtest_figures.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_RESULTS_DB_H
#define FONTAINE_SPEEDTEST_RESULTS_DB_H

#include "speedtest/result.h"
#include "store/result_table.h"
#include "store/store.h"

enum {
	RESULT_ID_DIGITS = 32, /* 128 random bits */
	AS_NAME_MAX_BYTES = 128,
};

extern const char *const results_migrations[];

/** Where a visitor is, as far as we keep it. */
struct result_origin {
	char network[PREFIX_TEXT_MAX]; /* /24 or /48; "": not known */
	uint32_t asn;                  /* 0: not known, or several */
	char as_name[AS_NAME_MAX_BYTES];
};

/** A result and what we know of it. Release @result with result_done(). */
struct result_record {
	char id[RESULT_ID_DIGITS + 1];
	unsigned char key_hash[RESULT_KEY_HASH_BYTES]; /* of the key that deletes it */
	int64_t time;                                  /* Unix seconds */
	const char *client;                            /* what measured: "page" or "librespeed" */
	struct result_origin origins[RESULT_FAMILIES];
	struct result result;
};

/* Both return as db_exec(). */

int results_db_add(sqlite3 *db, const struct result_record *record);

/** Read the result ret->id: all but key_hash and origins. Return: also -ENOENT. */
int results_db_get(sqlite3 *db, struct result_record *ret);

#endif
