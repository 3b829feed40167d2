/*
 * Shared results in their database, and the readiness of every day (ipv6test/readiness.h):
 * schema and statements, blocking; each runs as a job of the store. More of it:
 * store/result_table.h. `fontaine ipv6test` reads the views ipv6test_export and
 * ipv6test_readiness.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_SHARE_DB_H
#define FONTAINE_IPV6TEST_SHARE_DB_H

#include "base/addr.h"
#include "ipv6test/code.h"
#include "ipv6test/observations.h"
#include "store/result_table.h"
#include "store/store.h"

enum { SHARE_AS_NAME_MAX = 128 };

extern const char *const share_migrations[];

/** A result and what we know of it. Release @observations with observations_done(). */
struct share_record {
	char code[CODE_LEN + 1];
	unsigned char key_hash[RESULT_KEY_HASH_BYTES]; /* of the key that deletes it */
	int64_t time;                                  /* Unix seconds */
	char network[PREFIX_TEXT_MAX];                 /* /24 or /48 of who shared it */
	uint32_t asn;                                  /* that announces it; 0: not known, or several */
	char as_name[SHARE_AS_NAME_MAX];
	struct observations observations;
};

/** Each returns 0 or a negative errno, as db_exec(). */
int share_db_add(sqlite3 *db, const struct share_record *record);

/** Read the result ret->code: time and observations.json. Return: also -ENOENT. */
int share_db_get(sqlite3 *db, struct share_record *ret);

#endif
