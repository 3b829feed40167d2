/* fontaine ipv6test stats: how many visitors are ready for IPv6, by day and origin AS. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"
#include "fontaine/ipv6test.h"
#include "fontaine/stored.h"

#include "base/json_write.h"
#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { MIN_TESTS = 10 }; /* of an AS; fewer are joined with others' */

struct entry {
	char *day;    /* or NULL */
	uint32_t asn; /* 0: of no AS alone */
	char *name;   /* of the AS, or NULL */
	uint64_t n_tests, n_ready;
};

struct entries {
	struct entry *list;
	size_t n;
	uint64_t n_tests, n_ready; /* of all */
};

static const char by_day[] = "SELECT day, NULL, NULL, sum(tests), sum(ipv6_ready) FROM ipv6test_readiness"
			     " WHERE time >= ? AND time < ? GROUP BY day ORDER BY day";
static const char by_as[] = "SELECT NULL, asn, nullif(as_name, ''), sum(tests) AS tests, sum(ipv6_ready), max(time)"
			    " FROM ipv6test_readiness WHERE time >= ? AND time < ?"
			    " GROUP BY asn ORDER BY tests DESC, asn";

static void add(struct entries *all, struct entry e)
{
	all->list = mem_resize(all->list, all->n + 1, sizeof(all->list[0]));
	all->list[all->n++] = e;
	all->n_tests += e.n_tests;
	all->n_ready += e.n_ready;
}

static void entries_done(struct entries *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->list[i].day);
		free(all->list[i].name);
	}
	free(all->list);
}

/* Read what @sql says, for entries_done(); an AS with few tests becomes one of the others, who come last. */
static int read_entries(const struct stored_query *q, const char *sql, struct entries *ret)
{
	struct entry others = {0};
	bool failed = false;
	sqlite3_stmt *rows;

	if (stored_open(q, sql, &rows) < 0)
		return -1;
	while (stored_next(rows, &failed)) {
		struct entry e = {.asn = (uint32_t)sqlite3_column_int64(rows, 1),
		                  .n_tests = (uint64_t)sqlite3_column_int64(rows, 3),
		                  .n_ready = (uint64_t)sqlite3_column_int64(rows, 4)};
		bool is_day = sqlite3_column_type(rows, 0) != SQLITE_NULL;
		if (is_day || (e.asn != 0 && e.n_tests >= MIN_TESTS)) {
			e.day = mem_strdup((const char *)sqlite3_column_text(rows, 0));
			e.name = mem_strdup((const char *)sqlite3_column_text(rows, 2));
			add(ret, e);
			continue;
		}
		others.n_tests += e.n_tests;
		others.n_ready += e.n_ready;
	}
	stored_close(rows);
	if (others.n_tests > 0)
		add(ret, others);
	return failed ? -1 : 0;
}

static void print_entry(const char *title, uint64_t n_tests, uint64_t n_ready)
{
	(void)printf("%-40s %8" PRIu64 " %8" PRIu64 " %5.1f%%\n", title, n_tests, n_ready,
	             100.0 * (double)n_ready / (double)n_tests);
}

static void print_as(const struct entry *e)
{
	char title[64];

	if (e->asn == 0)
		(void)snprintf(title, sizeof(title), "others, of ASes with fewer than %d tests", MIN_TESTS);
	else
		(void)snprintf(title, sizeof(title), "AS%" PRIu32 " %s", e->asn, e->name != NULL ? e->name : "");
	print_entry(title, e->n_tests, e->n_ready);
}

static void print_table(const struct entries *days, const struct entries *asns)
{
	if (days->n == 0) {
		(void)printf("No tests.\n");
		return;
	}
	(void)printf("%-40s %8s %8s\n", "", "tests", "ready for IPv6");
	for (size_t i = 0; i < days->n; i++)
		print_entry(days->list[i].day, days->list[i].n_tests, days->list[i].n_ready);
	(void)printf("\n");
	for (size_t i = 0; i < asns->n; i++)
		print_as(&asns->list[i]);
	(void)printf("\n");
	print_entry("all", days->n_tests, days->n_ready);
}

static void add_entries(yyjson_mut_doc *d, yyjson_mut_val *list, const struct entries *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct entry *e = &all->list[i];
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
		if (e->day != NULL)
			json_add_text(d, o, "day", e->day);
		else if (e->asn != 0)
			yyjson_mut_obj_add_uint(d, o, "asn", e->asn);
		else
			yyjson_mut_obj_add_null(d, o, "asn");
		if (e->day == NULL)
			json_add_text(d, o, "name", e->name);
		yyjson_mut_obj_add_uint(d, o, "tests", e->n_tests);
		yyjson_mut_obj_add_uint(d, o, "ipv6_ready", e->n_ready);
	}
}

static void print_json(const struct entries *days, const struct entries *asns)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);

	add_entries(d, yyjson_mut_obj_add_arr(d, root, "days"), days);
	add_entries(d, yyjson_mut_obj_add_arr(d, root, "asns"), asns);
	char *text = json_take(d, root);
	(void)printf("%s\n", text);
	free(text);
}

int ipv6test_stats(const struct subcommand *c, int argc, char **argv)
{
	struct entries days = {0}, asns = {0};
	struct stored_query query;

	int status = stored_parse(c, argc, argv, true, &query);
	if (status >= 0)
		return status;
	bool failed = read_entries(&query, by_day, &days) < 0 || read_entries(&query, by_as, &asns) < 0;
	if (!failed && query.json)
		print_json(&days, &asns);
	else if (!failed)
		print_table(&days, &asns);
	entries_done(&days);
	entries_done(&asns);
	return failed ? EXIT_FAILED : EXIT_FINE;
}
