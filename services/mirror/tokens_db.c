/* SPDX-License-Identifier: MIT */
#include "mirror/tokens_db.h"

#include "mirror/mirror_db.h"
#include "store/db.h"

#include <stdio.h>

int tokens_db_get(sqlite3 *db, const char *id, struct token_row *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT project, label, hash, revoked IS NOT NULL FROM tokens WHERE id = ?", id, &s);

	if (rc < 0)
		return rc;
	(void)snprintf(ret->project, sizeof(ret->project), "%s", db_text(s, 0));
	(void)snprintf(ret->label, sizeof(ret->label), "%s", db_text(s, 1));
	(void)snprintf(ret->hash, sizeof(ret->hash), "%s", db_text(s, 2));
	ret->is_revoked = sqlite3_column_int(s, 3) != 0;
	(void)sqlite3_finalize(s);
	return 0;
}

int tokens_db_used(sqlite3 *db, const char *id, int64_t at_s)
{
	return db_set(db, "UPDATE tokens SET last_used = ? WHERE id = ?", at_s, id);
}
