/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_db.h"

#include "base/json_write.h"
#include "mirror/mirror_db.h"
#include "store/db.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	WEEK_S = 7 * DAY_S,
	HOURS_KEPT_S = 2 * DAY_S,
	DAYS_KEPT_S = 400 * DAY_S,
	STEPS_MAX = 64,
};

const char *const traffic_spans[] = {"day", "month", "year", NULL};

int traffic_db_add(sqlite3 *db, const struct traffic_cell *cells, size_t n, int64_t at_s)
{
	static const int64_t lengths[] = {HOUR_S, DAY_S};
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT INTO traffic VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
	                    " SET requests = requests + excluded.requests, bytes = bytes + excluded.bytes",
	                    &s);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < 2 * n; i++) {
		const struct traffic_cell *c = &cells[i / 2];
		int64_t length = lengths[i % 2];
		const int64_t numbers[] = {length, at_s - at_s % length, c->family, c->asn,
		                           (int64_t)c->counts.requests, (int64_t)c->counts.bytes};
		mirror_db_bind(s, 1, numbers, 6);
		db_bind_text(s, 7, c->project);
		rc = db_step(s);
		(void)sqlite3_reset(s);
	}
	(void)sqlite3_finalize(s);
	return rc;
}

/** Execute @sql, whose parameters are two numbers. */
static int execute(sqlite3 *db, const char *sql, int64_t first, int64_t second)
{
	const int64_t numbers[] = {first, second};
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	mirror_db_bind(s, 1, numbers, 2);
	return db_execute(s);
}

/* What day ?2, of length ?1, has beside its largest parts. */
#define SMALL \
	" FROM traffic WHERE length = ?1 AND start = ?2 AND asn <> 0 AND (project, family, asn) NOT IN" \
	" (SELECT project, family, asn FROM traffic WHERE length = ?1 AND start = ?2 AND asn <> 0" \
	" ORDER BY bytes DESC LIMIT 1000)"

static int fold(sqlite3 *db, int64_t day_s)
{
	int rc = execute(db,
	                 "INSERT INTO traffic SELECT length, start, family, 0, sum(requests), sum(bytes), project" SMALL
	                 " GROUP BY project, family ON CONFLICT DO UPDATE"
	                 " SET requests = requests + excluded.requests, bytes = bytes + excluded.bytes",
	                 DAY_S, day_s);

	return rc < 0 ? rc : execute(db, "DELETE" SMALL, DAY_S, day_s);
}

/** Find a day before @today_s that has too many parts. Return: 0, -ENOENT, or as db_exec(). */
static int find_large_day(sqlite3 *db, int64_t today_s, int64_t *ret_s)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "SELECT start FROM traffic WHERE length = ? AND start < ? AND asn <> 0"
	                    " GROUP BY start HAVING count(*) > 1000 LIMIT 1",
	                    &s);

	if (rc < 0)
		return rc;
	mirror_db_bind(s, 1, (const int64_t[]){DAY_S, today_s}, 2);
	rc = db_first(s);
	if (rc < 0)
		return rc;
	*ret_s = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return 0;
}

int traffic_db_tidy(sqlite3 *db, int64_t now_s)
{
	static const char old[] = "DELETE FROM traffic WHERE length = ? AND start < ?";
	int64_t day_s;
	int rc = execute(db, old, HOUR_S, now_s - HOURS_KEPT_S);

	if (rc == 0)
		rc = execute(db, old, DAY_S, now_s - DAYS_KEPT_S);
	while (rc == 0) {
		rc = find_large_day(db, now_s - now_s % DAY_S, &day_s);
		if (rc == 0)
			rc = fold(db, day_s);
	}
	return rc == -ENOENT ? 0 : rc;
}

/** What a span is made of: @n steps of @step_s from @begin_s on, of which the rows of the database have a part. */
struct steps {
	int64_t row_s, step_s, begin_s;
	unsigned n;
};

static struct steps steps_of(enum traffic_span span, int64_t now_s)
{
	static const struct steps all[] = {
		[TRAFFIC_DAY] = {.row_s = HOUR_S, .step_s = HOUR_S, .n = 24},
		[TRAFFIC_MONTH] = {.row_s = DAY_S, .step_s = DAY_S, .n = 30},
		[TRAFFIC_YEAR] = {.row_s = DAY_S, .step_s = WEEK_S, .n = 52},
	};
	struct steps s = all[span];

	s.begin_s = now_s - now_s % s.row_s + s.row_s - s.step_s * s.n;
	return s;
}

/** Prepare @sql, whose parameters are the rows' length and begin, and the length of a step. */
static int prepare(sqlite3 *db, const char *sql, const struct steps *steps, sqlite3_stmt **ret)
{
	int rc = db_prepare(db, sql, ret);

	if (rc == 0)
		mirror_db_bind(*ret, 1, (const int64_t[]){steps->row_s, steps->begin_s, steps->step_s}, 3);
	return rc;
}

static void add_counts(yyjson_mut_doc *d, yyjson_mut_val *o, int64_t requests, int64_t bytes)
{
	yyjson_mut_obj_add_sint(d, o, "requests", requests);
	yyjson_mut_obj_add_sint(d, o, "bytes", bytes);
}

static void add_project(yyjson_mut_doc *d, yyjson_mut_val *list, const char *name, int64_t requests,
                        const int64_t bytes[STEPS_MAX], unsigned n)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
	int64_t sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += bytes[i];
	yyjson_mut_obj_add_strcpy(d, o, "name", name);
	add_counts(d, o, requests, sum);
	yyjson_mut_obj_add_val(d, o, "steps", yyjson_mut_arr_with_sint64(d, bytes, n));
}

/** The largest first. */
static int tell_projects(sqlite3 *db, const struct steps *steps, yyjson_mut_doc *d, yyjson_mut_val *list)
{
	static const char sql[] =
	    "SELECT project, (start - ?2) / ?3 AS step, sum(requests), sum(bytes),"
	    " sum(sum(bytes)) OVER (PARTITION BY project) AS whole FROM traffic"
	    " WHERE length = ?1 AND start >= ?2 GROUP BY project, step ORDER BY whole DESC, project, step";
	char name[TRAFFIC_PROJECT_MAX] = "";
	int64_t bytes[STEPS_MAX] = {0}, requests = 0;
	sqlite3_stmt *s;
	int rc = prepare(db, sql, steps, &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0) {
		int64_t step = sqlite3_column_int64(s, 1);
		if (strcmp(name, db_text(s, 0)) != 0) {
			if (*name != '\0')
				add_project(d, list, name, requests, bytes, steps->n);
			(void)snprintf(name, sizeof(name), "%s", db_text(s, 0));
			memset(bytes, 0, sizeof(bytes));
			requests = 0;
		}
		if (step < steps->n) /* else the clock has gone back since */
			bytes[step] += sqlite3_column_int64(s, 3);
		requests += step < steps->n ? sqlite3_column_int64(s, 2) : 0;
	}
	(void)sqlite3_finalize(s);
	if (*name != '\0')
		add_project(d, list, name, requests, bytes, steps->n);
	return rc;
}

static int tell_families(sqlite3 *db, const struct steps *steps, yyjson_mut_doc *d, yyjson_mut_val *list)
{
	static const char sql[] = "SELECT family, sum(requests), sum(bytes) FROM traffic"
				  " WHERE length = ?1 AND start >= ?2 AND ?3 > 0 GROUP BY family";
	sqlite3_stmt *s;
	int rc = prepare(db, sql, steps, &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0) {
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
		yyjson_mut_obj_add_str(d, o, "family", sqlite3_column_int(s, 0) == 4 ? "ipv4" : "ipv6");
		add_counts(d, o, sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2));
	}
	(void)sqlite3_finalize(s);
	return rc;
}

static void add_network(yyjson_mut_doc *d, yyjson_mut_val *list, uint32_t asn, const char *name)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);

	if (asn == TRAFFIC_OTHERS)
		yyjson_mut_obj_add_null(d, o, "asn");
	else
		yyjson_mut_obj_add_uint(d, o, "asn", asn);
	json_add_text(d, o, "name", name);
}

/** The largest first; what all others had comes last. */
static int tell_networks(sqlite3 *db, const struct traffic_question *q, const struct steps *steps, yyjson_mut_doc *d,
                         yyjson_mut_val *list)
{
	static const char sql[] =
	    "SELECT asn, sum(requests), sum(bytes) FROM traffic"
	    " WHERE length = ?1 AND start >= ?2 AND ?3 > 0 GROUP BY asn ORDER BY sum(bytes) DESC, asn";
	int64_t requests = 0, bytes = 0;
	sqlite3_stmt *s;
	int rc = prepare(db, sql, steps, &s);

	if (rc < 0)
		return rc;
	while ((rc = db_step(s)) > 0) {
		uint32_t asn = (uint32_t)sqlite3_column_int64(s, 0);
		if (asn == TRAFFIC_OTHERS || yyjson_mut_arr_size(list) >= q->n_networks) {
			requests += sqlite3_column_int64(s, 1);
			bytes += sqlite3_column_int64(s, 2);
			continue;
		}
		add_network(d, list, asn, as_names_find(q->names, asn));
		add_counts(d, yyjson_mut_arr_get_last(list), sqlite3_column_int64(s, 1), sqlite3_column_int64(s, 2));
	}
	(void)sqlite3_finalize(s);
	if (requests > 0 || bytes > 0) {
		add_network(d, list, TRAFFIC_OTHERS, NULL);
		add_counts(d, yyjson_mut_arr_get_last(list), requests, bytes);
	}
	return rc;
}

int traffic_db_tell(sqlite3 *db, const struct traffic_question *q, yyjson_mut_doc *d, yyjson_mut_val **ret)
{
	struct steps steps = steps_of(q->span, q->now_s);
	yyjson_mut_val *o = yyjson_mut_obj(d);

	yyjson_mut_obj_add_str(d, o, "span", traffic_spans[q->span]);
	yyjson_mut_obj_add_sint(d, o, "begin", steps.begin_s);
	yyjson_mut_obj_add_sint(d, o, "step", steps.step_s);
	int rc = tell_projects(db, &steps, d, yyjson_mut_obj_add_arr(d, o, "projects"));
	if (rc == 0)
		rc = tell_families(db, &steps, d, yyjson_mut_obj_add_arr(d, o, "families"));
	if (q->n_networks == 0)
		yyjson_mut_obj_add_null(d, o, "networks");
	else if (rc == 0)
		rc = tell_networks(db, q, &steps, d, yyjson_mut_obj_add_arr(d, o, "networks"));
	*ret = o;
	return rc;
}
