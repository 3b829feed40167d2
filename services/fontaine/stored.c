/* SPDX-License-Identifier: MIT */
#include "fontaine/stored.h"

#include "fontaine/command.h"
#include "fontaine/moment.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BUSY_TIMEOUT_MS = 5000 };

static int parse_moment(const char *option, const char *text, int64_t *ret)
{
	if (moment_parse(text, time(NULL), ret) == 0)
		return 0;
	(void)fprintf(stderr, "%s: \"%s\" is no time\n  write it like %s\n", option, text, MOMENT_FORMS);
	return -1;
}

int stored_parse(const struct subcommand *c, int argc, char **argv, bool takes_json, struct stored_query *ret)
{
	static const struct option options[] = {
		{"since", required_argument, NULL, 's'},
		{"until", required_argument, NULL, 'u'},
		{"db", required_argument, NULL, 'd'},
		{"json", no_argument, NULL, 'j'},
		{NULL, 0, NULL, 0},
	};
	int option;

	*ret = (struct stored_query){.group = c->group, .until = INT64_MAX};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's' && parse_moment("--since", optarg, &ret->since) < 0)
			return EXIT_WRONG_INPUT;
		if (option == 'u' && parse_moment("--until", optarg, &ret->until) < 0)
			return EXIT_WRONG_INPUT;
		if (option == '?' || (option == 'j' && !takes_json))
			return subcommand_usage_error(c);
		if (option == 'd')
			ret->path = optarg;
		ret->has_since = ret->has_since || option == 's';
		ret->json = ret->json || option == 'j';
	}
	return optind < argc ? subcommand_usage_error(c) : -1;
}

int stored_open(const struct stored_query *q, const char *sql, sqlite3_stmt **ret)
{
	char own[PATH_MAX];
	const char *path = q->path != NULL ? q->path : own;
	sqlite3 *db = NULL;

	(void)snprintf(own, sizeof(own), STORED_PATH("%s"), q->group);
	int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
	if (rc == SQLITE_OK) {
		(void)sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
		rc = sqlite3_prepare_v2(db, sql, -1, ret, NULL);
	}
	if (rc != SQLITE_OK) {
		(void)fprintf(stderr, "%s: %s\n  give --db the database of a %sd that stores results, and "
		                      "run this as a user who may read it\n",
		              path, sqlite3_errmsg(db), q->group);
		(void)sqlite3_close(db);
		return -1;
	}
	(void)sqlite3_bind_int64(*ret, 1, q->since);
	(void)sqlite3_bind_int64(*ret, 2, q->until);
	return 0;
}

bool stored_next(sqlite3_stmt *rows, bool *reterr)
{
	sqlite3 *db = sqlite3_db_handle(rows);
	int rc = sqlite3_step(rows);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
		(void)fprintf(stderr, "%s: %s\n", sqlite3_db_filename(db, "main"), sqlite3_errmsg(db));
		*reterr = true;
	}
	return rc == SQLITE_ROW;
}

void stored_close(sqlite3_stmt *rows)
{
	sqlite3 *db = sqlite3_db_handle(rows);

	(void)sqlite3_finalize(rows);
	(void)sqlite3_close(db);
}

int stored_export_run(const struct subcommand *c, int argc, char **argv)
{
	struct stored_query query;
	bool failed = false;
	char sql[128];
	sqlite3_stmt *rows;

	int status = stored_parse(c, argc, argv, false, &query);
	if (status >= 0)
		return status;
	if (!query.has_since)
		return subcommand_usage_error(c);
	(void)snprintf(sql, sizeof(sql), "SELECT line FROM %s_export WHERE time >= ? AND time < ? ORDER BY time",
	               c->group);
	if (stored_open(&query, sql, &rows) < 0)
		return EXIT_FAILED;
	while (stored_next(rows, &failed))
		(void)printf("%s\n", (const char *)sqlite3_column_text(rows, 0));
	stored_close(rows);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		(void)fprintf(stderr, "standard output: %s\n", strerror(errno));
		failed = true;
	}
	return failed ? EXIT_FAILED : EXIT_FINE;
}
