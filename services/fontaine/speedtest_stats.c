/* fontaine speedtest stats: how the figures of stored tests are distributed. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"
#include "fontaine/distribution.h"
#include "fontaine/speedtest.h"
#include "fontaine/stored.h"

#include "base/mem.h"
#include "base/pop_json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BAR_COLUMNS = 32 };

static const struct {
	const char *title; /* for people */
	double unit;       /* what the title's unit is in the database's */
	const char *key;   /* in JSON and in speedtest_figures */
} measures[MEASURES] = {
	[MEASURE_DOWNLOAD] = {"Download, Mbit/s", 1e6, "download_bps"},
	[MEASURE_UPLOAD] = {"Upload, Mbit/s", 1e6, "upload_bps"},
	[MEASURE_LATENCY] = {"Latency, ms", 1, "latency_ms"},
	[MEASURE_JITTER] = {"Jitter, ms", 1, "jitter_ms"},
	[MEASURE_DOWNLOAD_ADDED] = {"Download adds, ms", 1, "download_added_ms"},
	[MEASURE_UPLOAD_ADDED] = {"Upload adds, ms", 1, "upload_added_ms"},
};

/* In the order that distribution_groups() wants; columns after the third as in measures. */
static const char sql[] =
    "SELECT family, ifnull(asn, 0) AS origin, as_name, download_bps, upload_bps, latency_ms, jitter_ms,"
    " download_added_ms, upload_added_ms FROM speedtest_figures WHERE time >= ? AND time < ?"
    " ORDER BY family, origin, time";

struct samples {
	struct sample *list;
	size_t n, room;
};

static void add_sample(struct samples *all, sqlite3_stmt *row)
{
	if (all->n == all->room) {
		all->room = all->room == 0 ? 256 : all->room * 2;
		all->list = mem_resize(all->list, all->room, sizeof(all->list[0]));
	}
	struct sample *s = &all->list[all->n++];
	(void)snprintf(s->family, sizeof(s->family), "%s", (const char *)sqlite3_column_text(row, 0));
	s->asn = (uint32_t)sqlite3_column_int64(row, 1);
	s->name = mem_strdup((const char *)sqlite3_column_text(row, 2));
	for (int m = 0; m < MEASURES; m++) {
		bool is_known = sqlite3_column_type(row, 3 + m) != SQLITE_NULL;
		s->figures[m] = is_known ? sqlite3_column_double(row, 3 + m) : NAN;
	}
}

static void free_samples(struct samples *all)
{
	for (size_t i = 0; i < all->n; i++)
		free(all->list[i].name);
	free(all->list);
}

/* What the bars of one measure span, in all groups: its least and its largest quantile. */
struct scale {
	double low, high;
};

/* A bar's places are those of logarithms, of nothing less than this. */
static double log_of(double figure)
{
	return log(fmax(figure, 0.1));
}

static struct scale scale_of(const struct group *groups, size_t n, enum measure m)
{
	struct scale s = {INFINITY, -INFINITY};

	for (size_t i = 0; i < n; i++) {
		const struct distribution *d = &groups[i].measures[m];
		if (!d->is_known)
			continue;
		s.low = fmin(s.low, log_of(d->quantiles[0] / measures[m].unit));
		s.high = fmax(s.high, log_of(d->quantiles[QUANTILES - 1] / measures[m].unit));
	}
	return s;
}

static int column_of(double figure, struct scale s)
{
	double share = s.high > s.low ? (log_of(figure) - s.low) / (s.high - s.low) : 0.5;

	return (int)lround(share * (BAR_COLUMNS - 1));
}

/* "  ---===|==-----   ": from 10 to 90%, the middle half, the median. */
static void print_bar(const struct distribution *d, double unit, struct scale s)
{
	char bar[BAR_COLUMNS + 1];
	int places[QUANTILES];

	for (size_t i = 0; i < QUANTILES; i++)
		places[i] = column_of(d->quantiles[i] / unit, s);
	for (int i = 0; i < BAR_COLUMNS; i++) {
		bar[i] = i >= places[0] && i <= places[4] ? '-' : ' ';
		if (i >= places[1] && i <= places[3])
			bar[i] = '=';
	}
	bar[places[2]] = '|';
	bar[BAR_COLUMNS] = '\0';
	(void)printf("  %s\n", bar);
}

/* Three significant digits. */
static void print_figure(double figure)
{
	int digits = fabs(figure) < 9.995 ? 2 : 1;

	(void)printf(" %8.*f", fabs(figure) < 99.95 ? digits : 0, figure);
}

static void print_measure(const struct distribution *d, enum measure m, struct scale s)
{
	(void)printf("  %-22s", measures[m].title);
	if (!d->is_known) {
		(void)printf(" too few\n");
		return;
	}
	for (size_t i = 0; i < QUANTILES; i++)
		print_figure(d->quantiles[i] / measures[m].unit);
	print_bar(d, measures[m].unit, s);
}

static void print_title(const struct group *g)
{
	(void)printf("\n%s, ", strcmp(g->family, "ipv4") == 0 ? "IPv4" : "IPv6");
	if (g->is_others)
		(void)printf("others, of ASes with fewer than %d tests", DISTRIBUTION_MIN_TESTS);
	else if (g->asn == 0)
		(void)printf("origin not known");
	else
		(void)printf("AS%" PRIu32 "%s%s", g->asn, g->name != NULL ? " " : "", g->name != NULL ? g->name : "");
	(void)printf(": %zu tests\n", g->n_tests);
}

static void print_table(const struct group *groups, size_t n)
{
	if (n == 0) {
		(void)printf("No tests.\n");
		return;
	}
	(void)printf("%-24s", "");
	for (size_t i = 0; i < QUANTILES; i++)
		(void)printf(" %7u%%", quantile_percents[i]);
	(void)printf("  ---==|==--- logarithmic\n");
	for (size_t i = 0; i < n; i++) {
		print_title(&groups[i]);
		for (enum measure m = 0; m < MEASURES; m++)
			print_measure(&groups[i].measures[m], m, scale_of(groups, n, m));
	}
}

static void add_measure(yyjson_mut_doc *d, yyjson_mut_val *group, const struct distribution *of, enum measure m)
{
	static const char *const keys[QUANTILES] = {"p10", "p25", "p50", "p75", "p90"};

	if (!of->is_known) {
		yyjson_mut_obj_add_null(d, group, measures[m].key);
		return;
	}
	yyjson_mut_val *quantiles = yyjson_mut_obj_add_obj(d, group, measures[m].key);
	for (size_t i = 0; i < QUANTILES; i++)
		yyjson_mut_obj_add_real(d, quantiles, keys[i], of->quantiles[i]);
}

static void print_json(const struct group *groups, size_t n)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	yyjson_mut_val *list = yyjson_mut_obj_add_arr(d, root, "groups");

	for (size_t i = 0; i < n; i++) {
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(d, list);
		yyjson_mut_obj_add_str(d, o, "family", groups[i].family);
		yyjson_mut_obj_add_bool(d, o, "others", groups[i].is_others);
		if (groups[i].asn != 0)
			yyjson_mut_obj_add_uint(d, o, "asn", groups[i].asn);
		else
			yyjson_mut_obj_add_null(d, o, "asn");
		if (groups[i].name != NULL)
			yyjson_mut_obj_add_str(d, o, "name", groups[i].name);
		else
			yyjson_mut_obj_add_null(d, o, "name");
		yyjson_mut_obj_add_uint(d, o, "tests", groups[i].n_tests);
		for (enum measure m = 0; m < MEASURES; m++)
			add_measure(d, o, &groups[i].measures[m], m);
	}
	char *text = pop_json_text(d, root);
	(void)fputs(text, stdout);
	free(text);
	yyjson_mut_doc_free(d);
}

int speedtest_stats(const struct subcommand *c, int argc, char **argv)
{
	struct stored_query query;
	struct samples samples = {0};
	bool failed = false;
	struct group *groups;
	sqlite3_stmt *rows;

	int status = stored_parse(c, argc, argv, true, &query);
	if (status >= 0)
		return status;
	if (stored_open(&query, sql, &rows) < 0)
		return EXIT_FAILED;
	while (stored_next(rows, &failed))
		add_sample(&samples, rows);
	stored_close(rows);
	size_t n = distribution_groups(samples.list, samples.n, &groups);
	if (!failed && query.json)
		print_json(groups, n);
	else if (!failed)
		print_table(groups, n);
	free(groups);
	free_samples(&samples);
	return failed ? EXIT_FAILED : EXIT_FINE;
}
