/* SPDX-License-Identifier: MIT */
#include "ipv6test/share_db.h"

#include "base/mem.h"
#include "store/db.h"

const char *const share_migrations[] = {
	"CREATE TABLE result ("
	"  id TEXT NOT NULL PRIMARY KEY,"
	"  key_hash BLOB NOT NULL,"
	"  time INTEGER NOT NULL,"
	"  network TEXT NOT NULL,"
	"  asn INTEGER,"
	"  as_name TEXT,"
	"  ipv4_score REAL,"
	"  ipv6_score REAL,"
	"  headline TEXT NOT NULL,"
	"  json TEXT NOT NULL) STRICT;"
	"CREATE INDEX result_by_time ON result (time);"
	"CREATE TABLE readiness ("
	"  day INTEGER NOT NULL," /* since 1970 */
	"  asn INTEGER NOT NULL," /* 0: not known */
	"  as_name TEXT NOT NULL,"
	"  tests INTEGER NOT NULL,"
	"  ipv6_ready INTEGER NOT NULL,"
	"  PRIMARY KEY (day, asn)) STRICT, WITHOUT ROWID;"
	"CREATE VIEW ipv6test_readiness AS"
	"  SELECT day * 86400 AS time, date(day * 86400, 'unixepoch') AS day, asn, as_name, tests, ipv6_ready"
	"  FROM readiness;"
	"CREATE VIEW ipv6test_export AS"
	"  SELECT time, json_object("
	"    'code', substr(id, 1, 4) || '-' || substr(id, 5),"
	"    'time', strftime('%Y-%m-%dT%H:%M:%SZ', time, 'unixepoch'),"
	"    'network', network, 'asn', asn, 'as_name', as_name, 'ipv4_score', ipv4_score,"
	"    'ipv6_score', ipv6_score, 'headline', headline, 'result', json(json)) AS line"
	"  FROM result;",
	NULL,
};

/* SQLite makes NULL of NAN. */
int share_db_add(sqlite3 *db, const struct share_record *record)
{
	const struct observations *o = &record->observations;
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, record->code);
	(void)sqlite3_bind_blob(s, 2, record->key_hash, RESULT_KEY_HASH_BYTES, SQLITE_STATIC);
	(void)sqlite3_bind_int64(s, 3, record->time);
	db_bind_text(s, 4, record->network);
	if (record->asn != 0)
		(void)sqlite3_bind_int64(s, 5, record->asn);
	db_bind_optional(s, 6, record->as_name);
	(void)sqlite3_bind_double(s, 7, o->ipv4_score);
	(void)sqlite3_bind_double(s, 8, o->ipv6_score);
	db_bind_text(s, 9, o->headline);
	db_bind_text(s, 10, o->json);
	return db_execute(s);
}

int share_db_get(sqlite3 *db, struct share_record *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT time, json FROM result WHERE id = ?", ret->code, &s);

	if (rc < 0)
		return rc;
	ret->time = sqlite3_column_int64(s, 0);
	ret->observations.json = mem_strdup((const char *)sqlite3_column_text(s, 1));
	(void)sqlite3_finalize(s);
	return 0;
}
