/* Tokens in the database of mirrord; "fontaine mirror token" makes and revokes them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TOKENS_DB_H
#define FONTAINE_MIRROR_TOKENS_DB_H

#include "base/argon2.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

struct token_row {
	char project[64]; /* that it may push; "": it is the operators' */
	char label[64];
	char hash[ARGON2_TEXT_MAX];
	bool is_revoked;
};

/** Return: also -ENOENT. */
int tokens_db_get(sqlite3 *db, const char *id, struct token_row *ret);
int tokens_db_used(sqlite3 *db, const char *id, int64_t at_s);

#endif
