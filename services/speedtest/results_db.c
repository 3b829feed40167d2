/* SPDX-License-Identifier: MIT */
#include "speedtest/results_db.h"

#include "base/mem.h"
#include "store/db.h"

#include <math.h>
#include <string.h>

const char *const results_migrations[] = {
	"CREATE TABLE result ("
	"  id TEXT NOT NULL PRIMARY KEY,"
	"  key_hash BLOB NOT NULL,"
	"  time INTEGER NOT NULL,"
	"  client TEXT NOT NULL,"
	"  loss_percent REAL,"
	"  json TEXT NOT NULL) STRICT;"
	"CREATE INDEX result_by_time ON result (time);"
	"CREATE TABLE family ("
	"  result TEXT NOT NULL REFERENCES result (id) ON DELETE CASCADE,"
	"  family TEXT NOT NULL,"
	"  network TEXT,"
	"  asn INTEGER,"
	"  as_name TEXT,"
	"  download_bps REAL,"
	"  upload_bps REAL,"
	"  latency_ms REAL,"
	"  jitter_ms REAL,"
	"  download_added_ms REAL,"
	"  upload_added_ms REAL,"
	"  PRIMARY KEY (result, family)) STRICT, WITHOUT ROWID;"
	"CREATE VIEW speedtest_figures AS"
	"  SELECT result.time, family.family, family.asn, family.as_name, family.download_bps,"
	"    family.upload_bps, family.latency_ms, family.jitter_ms, family.download_added_ms,"
	"    family.upload_added_ms"
	"  FROM family JOIN result ON result.id = family.result;"
	"CREATE VIEW speedtest_export AS"
	"  SELECT time, json_object("
	"    'id', id,"
	"    'time', strftime('%Y-%m-%dT%H:%M:%SZ', time, 'unixepoch'),"
	"    'client', client,"
	"    'loss_percent', loss_percent,"
	"    'families', json((SELECT json_group_object(family, json_object("
	"      'network', network, 'asn', asn, 'as_name', as_name, 'download_bps', download_bps,"
	"      'upload_bps', upload_bps, 'latency_ms', latency_ms, 'jitter_ms', jitter_ms,"
	"      'download_added_ms', download_added_ms, 'upload_added_ms', upload_added_ms))"
	"      FROM family WHERE family.result = result.id)),"
	"    'result', json(json)) AS line"
	"  FROM result;",
	NULL,
};

/* SQLite makes NULL of NAN, and NULL reads as this. */
static double column_double(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL ? NAN : sqlite3_column_double(s, column);
}

static int add_family(sqlite3 *db, const struct result_record *r, enum result_family family)
{
	static const char sql[] = "INSERT INTO family VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	const struct result_figures *f = &r->result.figures[family];
	const struct result_origin *o = &r->origins[family];
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, r->id);
	db_bind_text(s, 2, result_family_names[family]);
	db_bind_optional(s, 3, o->network);
	if (o->asn != 0)
		(void)sqlite3_bind_int64(s, 4, o->asn);
	db_bind_optional(s, 5, o->as_name);
	(void)sqlite3_bind_double(s, 6, f->download_bps);
	(void)sqlite3_bind_double(s, 7, f->upload_bps);
	(void)sqlite3_bind_double(s, 8, f->latency_ms);
	(void)sqlite3_bind_double(s, 9, f->jitter_ms);
	(void)sqlite3_bind_double(s, 10, f->download_added_ms);
	(void)sqlite3_bind_double(s, 11, f->upload_added_ms);
	return db_execute(s);
}

int results_db_add(sqlite3 *db, const struct result_record *record)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?)", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, record->id);
	(void)sqlite3_bind_blob(s, 2, record->key_hash, RESULT_KEY_HASH_BYTES, SQLITE_STATIC);
	(void)sqlite3_bind_int64(s, 3, record->time);
	db_bind_text(s, 4, record->client);
	(void)sqlite3_bind_double(s, 5, record->result.loss_percent);
	db_bind_text(s, 6, record->result.json);
	rc = db_execute(s);
	for (enum result_family f = 0; rc == 0 && f < RESULT_FAMILIES; f++)
		if (result_figures_any(&record->result.figures[f]))
			rc = add_family(db, record, f);
	return rc;
}

static int read_family(sqlite3 *db, const char *id, enum result_family family, struct result_figures *ret)
{
	static const char sql[] = "SELECT download_bps, upload_bps, latency_ms, jitter_ms, download_added_ms,"
				  " upload_added_ms FROM family WHERE result = ? AND family = ?";
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, id);
	db_bind_text(s, 2, result_family_names[family]);
	*ret = result_no_figures;
	rc = db_step(s);
	if (rc > 0)
		*ret = (struct result_figures){column_double(s, 0), column_double(s, 1), column_double(s, 2),
		                               column_double(s, 3), column_double(s, 4), column_double(s, 5)};
	(void)sqlite3_finalize(s);
	return rc < 0 ? rc : 0;
}

/* The client that the column names, as a text that stays. */
static const char *client_of(const unsigned char *name)
{
	return strcmp((const char *)name, "librespeed") == 0 ? "librespeed" : "page";
}

int results_db_get(sqlite3 *db, struct result_record *ret)
{
	sqlite3_stmt *s;
	int rc = db_find(db, "SELECT time, client, loss_percent, json FROM result WHERE id = ?", ret->id, &s);

	if (rc < 0)
		return rc;
	ret->time = sqlite3_column_int64(s, 0);
	ret->client = client_of(sqlite3_column_text(s, 1));
	ret->result.loss_percent = column_double(s, 2);
	ret->result.json = mem_strdup((const char *)sqlite3_column_text(s, 3));
	(void)sqlite3_finalize(s);
	for (enum result_family f = 0; rc == 0 && f < RESULT_FAMILIES; f++)
		rc = read_family(db, ret->id, f, &ret->result.figures[f]);
	return rc;
}
