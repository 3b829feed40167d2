/* SPDX-License-Identifier: MIT */
#include "peers/latency_db.h"

#include "base/json_write.h"
#include "base/mem.h"
#include "store/db.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
	DAY_S = 86400,
	STEP_PROBES_MAX = 60 * ROUND_PROBES_MAX, /* of the longest step */
};

/* Steps longer than a round, and how long they are kept. */
static const struct {
	unsigned step_s;
	int64_t keep_s;
} steps[] = {{600, (int64_t)30 * DAY_S}, {3600, (int64_t)730 * DAY_S}};

enum { ROUNDS_KEEP_S = 2 * DAY_S };

const struct latency_span latency_spans[] = {
	{"day", DAY_S, ROUND_S},
	{"month", (int64_t)30 * DAY_S, 600},
	{"years", (int64_t)730 * DAY_S, 3600},
	{NULL, 0, 0},
};

const char *const latency_migrations[] = {
	"CREATE TABLE series ("
	"  id INTEGER PRIMARY KEY,"
	"  target TEXT NOT NULL,"
	"  family TEXT NOT NULL,"
	"  UNIQUE (target, family)) STRICT;"
	"CREATE TABLE round ("
	"  series INTEGER NOT NULL,"
	"  time INTEGER NOT NULL,"
	"  sent INTEGER NOT NULL,"
	"  us BLOB NOT NULL," /* 4 bytes, of this machine, for each answer */
	"  PRIMARY KEY (series, time)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE step ("
	"  series INTEGER NOT NULL,"
	"  length INTEGER NOT NULL,"
	"  time INTEGER NOT NULL,"
	"  sent INTEGER NOT NULL,"
	"  lost INTEGER NOT NULL,"
	"  jitter INTEGER NOT NULL,"
	"  us BLOB NOT NULL," /* the quantiles, like those of a round */
	"  PRIMARY KEY (series, length, time)) STRICT, WITHOUT ROWID;",
	NULL,
};

/** The number of a series. Return: 0, or as db_exec(), or -ENOENT. */
static int find_series(sqlite3 *db, const char *target, const char *family, int64_t *ret)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "SELECT id FROM series WHERE target = ? AND family = ?", &s);

	if (rc < 0)
		return rc;
	db_bind_text(s, 1, target);
	db_bind_text(s, 2, family);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	*ret = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return 0;
}

static int make_series(sqlite3 *db, const char *target, const char *family, int64_t *ret)
{
	sqlite3_stmt *s;
	int rc = find_series(db, target, family, ret);

	if (rc != -ENOENT)
		return rc;
	rc = db_prepare(db, "INSERT INTO series (target, family) VALUES (?, ?)", &s);
	if (rc < 0)
		return rc;
	db_bind_text(s, 1, target);
	db_bind_text(s, 2, family);
	rc = db_execute(s);
	*ret = sqlite3_last_insert_rowid(db);
	return rc;
}

/** What a restart has cut in two is one round again. */
static int add_round(sqlite3 *db, int64_t series, const struct round *r)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "INSERT INTO round (series, time, sent, us) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
	                        " SET sent = sent + excluded.sent, us = CAST(us || excluded.us AS BLOB)",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, series);
	(void)sqlite3_bind_int64(s, 2, r->time_s);
	(void)sqlite3_bind_int64(s, 3, r->sent);
	(void)sqlite3_bind_blob(s, 4, r->us, (int)(r->n * sizeof(r->us[0])), SQLITE_STATIC);
	return db_execute(s);
}

/** Append a blob of microseconds to @us, which has room for @room. Return: how many were. */
static size_t read_us(sqlite3_stmt *row, int column, uint32_t *us, size_t room)
{
	size_t n = (size_t)sqlite3_column_bytes(row, column) / sizeof(*us);

	n = n < room ? n : room;
	if (n > 0)
		memcpy(us, sqlite3_column_blob(row, column), n * sizeof(*us));
	return n;
}

/** What all rounds of the step from @begin_s come to. */
static int sum_up(sqlite3 *db, int64_t series, int64_t begin_s, unsigned step_s, struct figure *ret)
{
	sqlite3_stmt *s;
	uint32_t sent = 0;
	size_t n = 0;
	int rc = db_prepare(db, "SELECT sent, us FROM round WHERE series = ? AND time >= ? AND time < ? ORDER BY time",
	                    &s);

	if (rc < 0)
		return rc;
	uint32_t *us = mem_new(STEP_PROBES_MAX * sizeof(*us));
	(void)sqlite3_bind_int64(s, 1, series);
	(void)sqlite3_bind_int64(s, 2, begin_s);
	(void)sqlite3_bind_int64(s, 3, begin_s + step_s);
	while ((rc = db_step(s)) > 0) {
		sent += (uint32_t)sqlite3_column_int64(s, 0);
		n += read_us(s, 1, us + n, STEP_PROBES_MAX - n);
	}
	(void)sqlite3_finalize(s);
	*ret = figure_of(sent, us, n < sent ? n : sent);
	free(us);
	return rc;
}

static int add_step(sqlite3 *db, int64_t series, int64_t time_s, unsigned step_s)
{
	int64_t begin_s = time_s - time_s % step_s;
	struct figure f;
	sqlite3_stmt *s;
	int rc = sum_up(db, series, begin_s, step_s, &f);

	if (rc < 0)
		return rc;
	rc = db_prepare(db,
	                "INSERT OR REPLACE INTO step (series, length, time, sent, lost, jitter, us)"
	                " VALUES (?, ?, ?, ?, ?, ?, ?)",
	                &s);
	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, series);
	(void)sqlite3_bind_int64(s, 2, step_s);
	(void)sqlite3_bind_int64(s, 3, begin_s);
	(void)sqlite3_bind_int64(s, 4, f.sent);
	(void)sqlite3_bind_int64(s, 5, f.lost);
	(void)sqlite3_bind_int64(s, 6, f.jitter_us);
	(void)sqlite3_bind_blob(s, 7, f.us, f.lost < f.sent ? (int)sizeof(f.us) : 0, SQLITE_STATIC);
	return db_execute(s);
}

/** Execute @sql, which has @n parameters, for @values. */
static int execute(sqlite3 *db, const char *sql, const int64_t *values, int n)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	for (int i = 0; i < n; i++)
		(void)sqlite3_bind_int64(s, i + 1, values[i]);
	return db_execute(s);
}

int latency_db_add(sqlite3 *db, const struct round *r)
{
	int64_t series = 0;
	int rc = make_series(db, r->target, r->family, &series);

	if (rc == 0)
		rc = add_round(db, series, r);
	if (rc == 0)
		rc = execute(db, "DELETE FROM round WHERE series = ? AND time < ?",
		             (int64_t[]){series, r->time_s - ROUNDS_KEEP_S}, 2);
	for (size_t i = 0; rc == 0 && i < sizeof(steps) / sizeof(*steps); i++) {
		rc = add_step(db, series, r->time_s, steps[i].step_s);
		if (rc == 0)
			rc = execute(db, "DELETE FROM step WHERE series = ? AND length = ? AND time < ?",
			             (int64_t[]){series, steps[i].step_s, r->time_s - steps[i].keep_s}, 3);
	}
	return rc;
}

int latency_db_trim(sqlite3 *db, int64_t now_s)
{
	int rc = execute(db, "DELETE FROM round WHERE time < ?", (int64_t[]){now_s - ROUNDS_KEEP_S}, 1);

	for (size_t i = 0; rc == 0 && i < sizeof(steps) / sizeof(*steps); i++)
		rc = execute(db, "DELETE FROM step WHERE length = ? AND time < ?",
		             (int64_t[]){steps[i].step_s, now_s - steps[i].keep_s}, 2);
	return rc < 0 ? rc : db_exec(db, "DELETE FROM series WHERE id NOT IN (SELECT DISTINCT series FROM step)");
}

static void add_point(yyjson_mut_doc *d, yyjson_mut_val *points, int64_t index, const struct figure *f)
{
	yyjson_mut_val *p = yyjson_mut_arr_add_arr(d, points);

	yyjson_mut_arr_add_sint(d, p, index);
	yyjson_mut_arr_add_uint(d, p, f->sent);
	yyjson_mut_arr_add_uint(d, p, f->lost);
	for (size_t i = 0; i <= FIGURE_QUANTILES; i++) {
		if (f->lost < f->sent)
			yyjson_mut_arr_add_uint(d, p, i == 0 ? f->jitter_us : f->us[i - 1]);
		else
			yyjson_mut_arr_add_null(d, p);
	}
}

/** What a row of either table has: time, sent, lost, jitter, us; of a round, the last three are still to be made. */
static struct figure figure_in(sqlite3_stmt *row, bool is_round)
{
	uint32_t us[ROUND_PROBES_MAX] = {0};
	size_t n = read_us(row, 4, us, ROUND_PROBES_MAX);
	uint32_t sent = (uint32_t)sqlite3_column_int64(row, 1);

	if (is_round)
		return figure_of(sent, us, n < sent ? n : sent);
	struct figure f = {.sent = sent,
	                   .lost = (uint32_t)sqlite3_column_int64(row, 2),
	                   .jitter_us = (uint32_t)sqlite3_column_int64(row, 3)};
	memcpy(f.us, us, sizeof(f.us));
	return f;
}

static int add_points(sqlite3 *db, int64_t series, const struct latency_span *span, int64_t begin_s,
                      yyjson_mut_val *points, yyjson_mut_doc *d)
{
	bool is_round = span->step_s == ROUND_S;
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    is_round ? "SELECT time, sent, 0, 0, us FROM round"
	                               " WHERE series = ? AND time >= ? ORDER BY time"
	                             : "SELECT time, sent, lost, jitter, us FROM step"
	                               " WHERE series = ? AND time >= ? AND length = ? ORDER BY time",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, series);
	(void)sqlite3_bind_int64(s, 2, begin_s);
	if (!is_round)
		(void)sqlite3_bind_int64(s, 3, span->step_s);
	while ((rc = db_step(s)) > 0) {
		struct figure f = figure_in(s, is_round);
		add_point(d, points, (sqlite3_column_int64(s, 0) - begin_s) / span->step_s, &f);
	}
	(void)sqlite3_finalize(s);
	return rc;
}

int latency_db_read(sqlite3 *db, const char *target, const char *family, const struct latency_span *span, int64_t now_s,
                    char **ret)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	int64_t begin_s = now_s - now_s % span->step_s - span->length_s + span->step_s;
	int64_t series = 0;

	yyjson_mut_obj_add_sint(d, root, "begin", begin_s);
	yyjson_mut_obj_add_uint(d, root, "step", span->step_s);
	yyjson_mut_obj_add_uint(d, root, "steps", (uint64_t)span->length_s / span->step_s);
	yyjson_mut_val *points = yyjson_mut_obj_add_arr(d, root, "points");
	int rc = find_series(db, target, family, &series);
	if (rc == 0)
		rc = add_points(db, series, span, begin_s, points, d);
	else if (rc == -ENOENT) /* nothing is known yet */
		rc = 0;
	if (rc == 0)
		*ret = json_take(d, root);
	else
		yyjson_mut_doc_free(d);
	return rc;
}
