/* SPDX-License-Identifier: MIT */
#include "ipv6test/readiness_db.h"

#include "base/json_write.h"
#include "store/db.h"

#include <stddef.h>

enum { DAY_S = 24 * 60 * 60 };

static int add(sqlite3 *db, const struct readiness_test *t)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db,
	                    "INSERT INTO readiness VALUES (?, ?, ?, 1, ?) ON CONFLICT (day, asn) DO UPDATE SET"
	                    " tests = tests + 1, ipv6_ready = ipv6_ready + excluded.ipv6_ready,"
	                    " as_name = excluded.as_name",
	                    &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, t->day);
	(void)sqlite3_bind_int64(s, 2, t->asn);
	db_bind_text(s, 3, t->as_name);
	(void)sqlite3_bind_int(s, 4, t->ipv6_ready);
	return db_execute(s);
}

static int forget(sqlite3 *db, int64_t day)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, "DELETE FROM readiness WHERE day < ?", &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, day);
	return db_execute(s);
}

int readiness_db_count(sqlite3 *db, const struct readiness_test *test)
{
	int rc = add(db, test);

	return rc < 0 ? rc : forget(db, test->day - READINESS_KEEP_DAYS);
}

/* Where the rows of a query go, and how many tests they tell of. */
struct listing {
	yyjson_mut_doc *doc;
	yyjson_mut_val *list;
	int64_t n_tests, n_ready;
};

/* Call @add_row for each row of @sql, whose parameters are @since, in seconds, and what makes an AS one of its own. */
static int list_rows(sqlite3 *db, const char *sql, int64_t since,
                     void (*add_row)(struct listing *l, sqlite3_stmt *row), struct listing *l)
{
	sqlite3_stmt *s;
	int rc = db_prepare(db, sql, &s);

	if (rc < 0)
		return rc;
	(void)sqlite3_bind_int64(s, 1, since);
	(void)sqlite3_bind_int(s, 2, READINESS_MIN_TESTS); /* where there is a second and a third one */
	(void)sqlite3_bind_int(s, 3, READINESS_ASNS_MAX);
	while ((rc = db_step(s)) > 0)
		add_row(l, s);
	(void)sqlite3_finalize(s);
	return rc;
}

/* The last two columns of every query here. */
static void add_figures(struct listing *l, yyjson_mut_val *o, int64_t tests, int64_t ready)
{
	yyjson_mut_obj_add_sint(l->doc, o, "tests", tests);
	yyjson_mut_obj_add_sint(l->doc, o, "ipv6_ready", ready);
	l->n_tests += tests;
	l->n_ready += ready;
}

static void add_day(struct listing *l, sqlite3_stmt *row)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(l->doc, l->list);

	json_add_text(l->doc, o, "day", (const char *)sqlite3_column_text(row, 0));
	add_figures(l, o, sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2));
}

static void add_as(struct listing *l, sqlite3_stmt *row)
{
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(l->doc, l->list);
	const char *name = (const char *)sqlite3_column_text(row, 1);

	yyjson_mut_obj_add_sint(l->doc, o, "asn", sqlite3_column_int64(row, 0));
	json_add_text(l->doc, o, "name", name != NULL && *name != '\0' ? name : NULL);
	add_figures(l, o, sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3));
}

static void add_others(struct listing *l, int64_t tests, int64_t ready)
{
	if (tests == 0)
		return;
	yyjson_mut_val *o = yyjson_mut_arr_add_obj(l->doc, l->list);
	json_add_text(l->doc, o, "asn", NULL);
	json_add_text(l->doc, o, "name", NULL);
	add_figures(l, o, tests, ready);
}

int readiness_db_json(sqlite3 *db, int64_t since, char **ret)
{
	static const char by_day[] = "SELECT day, sum(tests), sum(ipv6_ready) FROM ipv6test_readiness"
				     " WHERE time >= ? GROUP BY day ORDER BY day";
	static const char by_as[] =
	    "SELECT asn, as_name, tests, ipv6_ready FROM"
	    " (SELECT asn, as_name, sum(tests) AS tests, sum(ipv6_ready) AS ipv6_ready, max(time)"
	    "  FROM ipv6test_readiness WHERE time >= ? AND asn != 0 GROUP BY asn)"
	    " WHERE tests >= ? ORDER BY tests DESC, asn LIMIT ?";
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	struct listing days = {.doc = d, .list = yyjson_mut_obj_add_arr(d, root, "days")};
	struct listing asns = {.doc = d, .list = yyjson_mut_obj_add_arr(d, root, "asns")};

	int rc = list_rows(db, by_day, since * DAY_S, add_day, &days);
	if (rc == 0)
		rc = list_rows(db, by_as, since * DAY_S, add_as, &asns);
	if (rc < 0) {
		yyjson_mut_doc_free(d);
		return rc;
	}
	add_others(&asns, days.n_tests - asns.n_tests, days.n_ready - asns.n_ready);
	*ret = json_take(d, root);
	return 0;
}
