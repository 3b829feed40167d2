/* Members and their tokens in the database. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_MEMBERS_DB_H
#define FONTAINE_RDNS_MEMBERS_DB_H

#include "rdns/rdns_db.h"

enum {
	MEMBER_NAME_MAX = 128,
	TOKEN_ID_MAX = 40,
	TOKEN_LABEL_MAX = 64,
	TOKEN_HASH_MAX = 192, /* of Argon2id, with its parameters and salt, as text */
};

struct member {
	int64_t id;
	uint32_t asn;
	char name[MEMBER_NAME_MAX];
	int64_t frozen_since; /* Unix seconds; 0: it is not */
};

/** The member @asn is there, by this name: made, or renamed and thawed. */
int members_db_put(sqlite3 *db, uint32_t asn, const char *name, int64_t *ret_id);

/** The member has vanished: nothing of it changes any more. One that is frozen stays so since then. */
int members_db_freeze(sqlite3 *db, uint32_t asn, int64_t at);

/** Return: also -ENOENT. */
int members_db_find(sqlite3 *db, uint32_t asn, struct member *ret);

/** The member with this id. Return: also -ENOENT. */
int members_db_get(sqlite3 *db, int64_t id, struct member *ret);

/** Call @on_member for each, by ASN; it must not change members. */
int members_db_each(sqlite3 *db, void (*on_member)(const struct member *m, void *data), void *data);

/** What is kept of a token: enough to know it again. It is made and revoked by way of the view tokens. */
struct token_row {
	char id[TOKEN_ID_MAX]; /* its public part */
	int64_t member;        /* 0: the operators' */
	char label[TOKEN_LABEL_MAX];
	char hash[TOKEN_HASH_MAX];
	int64_t created, last_used, revoked; /* Unix seconds; 0: never */
};

/** Also one that is revoked. Return: also -ENOENT. */
int token_db_get(sqlite3 *db, const char *id, struct token_row *ret);

int token_db_used(sqlite3 *db, const char *id, int64_t at);

#endif
