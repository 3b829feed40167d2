/* SPDX-License-Identifier: MIT */
#include "peers/subjects_db.h"

#include "base/mem.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

const char *const notices_migrations[] = {
	"CREATE TABLE subject ("
	"  source TEXT NOT NULL,"
	"  name TEXT NOT NULL,"
	"  is_session INTEGER NOT NULL,"
	"  address TEXT NOT NULL,"
	"  error TEXT NOT NULL,"
	"  asn INTEGER NOT NULL,"
	"  is_up INTEGER NOT NULL,"
	"  since INTEGER NOT NULL,"
	"  told TEXT NOT NULL,"
	"  changes INTEGER NOT NULL,"
	"  changes_since INTEGER NOT NULL,"
	"  missing INTEGER NOT NULL,"
	"  PRIMARY KEY (source, name)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE source ("
	"  name TEXT PRIMARY KEY,"
	"  started TEXT NOT NULL,"
	"  error TEXT NOT NULL,"
	"  answered INTEGER NOT NULL,"
	"  calm_until INTEGER NOT NULL,"
	"  is_silent INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE outbox ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  token TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),"
	"  made INTEGER NOT NULL,"
	"  asn INTEGER NOT NULL,"
	"  kind TEXT NOT NULL,"
	"  destination TEXT NOT NULL,"
	"  language TEXT NOT NULL,"
	"  subject TEXT NOT NULL,"
	"  body TEXT NOT NULL,"
	"  state TEXT NOT NULL DEFAULT 'waiting',"
	"  tries INTEGER NOT NULL DEFAULT 0,"
	"  due INTEGER NOT NULL,"
	"  ended INTEGER,"
	"  why TEXT NOT NULL DEFAULT '') STRICT;"
	"CREATE INDEX outbox_under_way ON outbox (destination, id) WHERE state IN ('waiting', 'sending');"
	"CREATE INDEX outbox_ended ON outbox (ended);",
	"CREATE TABLE quiet ("
	"  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"  asn INTEGER NOT NULL,"
	"  begins INTEGER NOT NULL,"
	"  ends INTEGER NOT NULL,"
	"  reason TEXT NOT NULL) STRICT;",
	NULL,
};

static void read_text(sqlite3_stmt *row, int column, char *ret, size_t size)
{
	(void)snprintf(ret, size, "%s", db_text(row, column));
}

static struct subject read_subject(sqlite3_stmt *s)
{
	struct subject one = {.is_session = sqlite3_column_int(s, 2) != 0,
	                      .missing_s = sqlite3_column_int64(s, 11),
	                      .seen = {.asn = (uint32_t)sqlite3_column_int64(s, 5),
	                               .is_up = sqlite3_column_int(s, 6) != 0},
	                      .w = {.is_up = sqlite3_column_int(s, 6) != 0,
	                            .since_s = sqlite3_column_int64(s, 7),
	                            .told = (enum watched_told)db_word(s, 8, watched_words),
	                            .changes = (unsigned)sqlite3_column_int64(s, 9),
	                            .changes_s = sqlite3_column_int64(s, 10)}};

	read_text(s, 0, one.source, sizeof(one.source));
	read_text(s, 1, one.seen.name, sizeof(one.seen.name));
	read_text(s, 3, one.seen.address, sizeof(one.seen.address));
	read_text(s, 4, one.seen.error, sizeof(one.seen.error));
	return one;
}

static int load_subjects(sqlite3 *db, struct subjects *to)
{
	sqlite3_stmt *s;
	size_t room = 0;
	int rc = db_prepare(db,
	                    "SELECT source, name, is_session, address, error, asn, is_up, since, told, changes,"
	                    " changes_since, missing FROM subject ORDER BY source, name",
	                    &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0) {
		if (to->n == room) {
			room = room == 0 ? 64 : 2 * room;
			to->all = mem_resize(to->all, room, sizeof(*to->all));
		}
		to->all[to->n++] = read_subject(s);
	}
	(void)sqlite3_finalize(s);
	return rc;
}

static int load_sources(sqlite3 *db, struct subjects *to)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT name, started, error, answered, calm_until, is_silent FROM source", &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0) {
		to->sources = mem_resize(to->sources, to->n_sources + 1, sizeof(*to->sources));
		struct subjects_source *one = &to->sources[to->n_sources++];
		*one = (struct subjects_source){.answered_s = sqlite3_column_int64(s, 3),
		                                .calm_until_s = sqlite3_column_int64(s, 4),
		                                .is_silent = sqlite3_column_int(s, 5) != 0};
		read_text(s, 0, one->name, sizeof(one->name));
		read_text(s, 1, one->started, sizeof(one->started));
		read_text(s, 2, one->error, sizeof(one->error));
	}
	(void)sqlite3_finalize(s);
	return rc;
}

int subjects_db_load(sqlite3 *db, struct subjects *ret)
{
	struct subjects s = {0};
	int rc = load_subjects(db, &s);

	if (rc == 0)
		rc = load_sources(db, &s);
	if (rc < 0)
		subjects_done(&s);
	else
		*ret = s;
	return rc;
}

/** By @sql, which has a place for each of the texts, of which the second may be NULL. */
static int forget(sqlite3 *db, const char *sql, const char *source, const char *name)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, source);
	if (name != NULL)
		db_bind_text(s, 2, name);
	return db_execute(s);
}

static int save_subject(sqlite3 *db, const struct subject *one)
{
	const int64_t numbers[] = {one->seen.asn, one->w.is_up, one->w.since_s};
	const int64_t counted[] = {one->w.changes, one->w.changes_s, one->missing_s};
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT OR REPLACE INTO subject (source, name, is_session, address, error, asn, is_up,"
	                    " since, told, changes, changes_since, missing)"
	                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, one->source);
	db_bind_text(s, 2, one->seen.name);
	(void)sqlite3_bind_int(s, 3, one->is_session);
	db_bind_text(s, 4, one->seen.address);
	db_bind_text(s, 5, one->seen.error);
	for (int i = 0; i < 3; i++)
		(void)sqlite3_bind_int64(s, 6 + i, numbers[i]);
	db_bind_text(s, 9, watched_words[one->w.told]);
	for (int i = 0; i < 3; i++)
		(void)sqlite3_bind_int64(s, 10 + i, counted[i]);
	return db_execute(s);
}

static int save_source(sqlite3 *db, const struct subjects_source *one)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT OR REPLACE INTO source (name, started, error, answered, calm_until, is_silent)"
	                    " VALUES (?, ?, ?, ?, ?, ?)",
	                    &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, one->name);
	db_bind_text(s, 2, one->started);
	db_bind_text(s, 3, one->error);
	(void)sqlite3_bind_int64(s, 4, one->answered_s);
	(void)sqlite3_bind_int64(s, 5, one->calm_until_s);
	(void)sqlite3_bind_int(s, 6, one->is_silent);
	return db_execute(s);
}

int subjects_db_save(sqlite3 *db, const struct subjects *s)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->n; i++) {
		if (s->all[i].is_gone)
			rc = forget(db, "DELETE FROM subject WHERE source = ? AND name = ?", s->all[i].source,
			            s->all[i].seen.name);
		else if (s->all[i].is_changed)
			rc = save_subject(db, &s->all[i]);
	}
	for (size_t i = 0; rc == 0 && i < s->n_sources; i++) {
		if (!s->sources[i].is_listed)
			rc = forget(db, "DELETE FROM source WHERE name = ?", s->sources[i].name, NULL);
		else if (s->sources[i].is_changed)
			rc = save_source(db, &s->sources[i]);
	}
	return rc;
}
