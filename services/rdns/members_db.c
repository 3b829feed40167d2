/* SPDX-License-Identifier: MIT */
#include "rdns/members_db.h"

#include "store/db.h"

#include <stdio.h>

int members_db_put(sqlite3 *db, uint32_t asn, const char *name, int64_t *ret_id)
{
	struct member m;
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT INTO member (asn, name) VALUES (?, ?) ON CONFLICT (asn) DO UPDATE"
	                    " SET name = excluded.name, frozen_since = NULL"
	                    " WHERE name != excluded.name OR frozen_since IS NOT NULL",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, asn);
	db_bind_text(s, 2, name);
	rc = db_execute(s);
	if (rc == 0)
		rc = members_db_find(db, asn, &m);
	if (rc == 0)
		*ret_id = m.id;
	return rc;
}

int members_db_freeze(sqlite3 *db, uint32_t asn, int64_t at)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "UPDATE member SET frozen_since = ? WHERE asn = ? AND frozen_since IS NULL", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, at);
	(void)sqlite3_bind_int64(s, 2, asn);
	return db_execute(s);
}

static struct member member_of(sqlite3_stmt *row)
{
	struct member m = {.id = sqlite3_column_int64(row, 0),
	                   .asn = (uint32_t)sqlite3_column_int64(row, 1),
	                   .frozen_since = sqlite3_column_int64(row, 3)};

	(void)snprintf(m.name, sizeof(m.name), "%s", db_text(row, 2));
	return m;
}

static int find(sqlite3 *db, const char *sql, int64_t wanted, struct member *ret)
{
	sqlite3_stmt *s;
	int rc = db_find_id(db, sql, wanted, &s);

	if (rc < 0)
		return rc;
	*ret = member_of(s);
	(void)sqlite3_finalize(s);
	return 0;
}

int members_db_find(sqlite3 *db, uint32_t asn, struct member *ret)
{
	return find(db, "SELECT id, asn, name, frozen_since FROM member WHERE asn = ?", asn, ret);
}

int members_db_get(sqlite3 *db, int64_t id, struct member *ret)
{
	return find(db, "SELECT id, asn, name, frozen_since FROM member WHERE id = ?", id, ret);
}

int members_db_each(sqlite3 *db, void (*on_member)(const struct member *m, void *data), void *data)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT id, asn, name, frozen_since FROM member ORDER BY asn", &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0) {
		struct member m = member_of(s);
		on_member(&m, data);
	}
	(void)sqlite3_finalize(s);
	return rc;
}

int token_db_get(sqlite3 *db, const char *id, struct token_row *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT id, member, label, hash, created, last_used, revoked FROM token WHERE id = ?", id,
	                 &s);

	if (rc < 0)
		return rc;
	*ret = (struct token_row){.member = sqlite3_column_int64(s, 1),
	                          .created = sqlite3_column_int64(s, 4),
	                          .last_used = sqlite3_column_int64(s, 5),
	                          .revoked = sqlite3_column_int64(s, 6)};
	(void)snprintf(ret->id, sizeof(ret->id), "%s", db_text(s, 0));
	(void)snprintf(ret->label, sizeof(ret->label), "%s", db_text(s, 2));
	(void)snprintf(ret->hash, sizeof(ret->hash), "%s", db_text(s, 3));
	(void)sqlite3_finalize(s);
	return 0;
}

int token_db_used(sqlite3 *db, const char *id, int64_t at)
{
	return db_set(db, "UPDATE token SET last_used = ? WHERE id = ?", at, id);
}
