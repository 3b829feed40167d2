/* The stored results, as speedtestd's views show them. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"
#include "fontaine/moment.h"
#include "fontaine/speedtest.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BUSY_TIMEOUT_MS = 5000 };

static int parse_moment(const char *option, const char *text, int64_t *ret)
{
	if (moment_parse(text, time(NULL), ret) == 0)
		return 0;
	(void)fprintf(stderr, "%s: \"%s\" is no time\n  write it like %s\n", option, text, MOMENT_FORMS);
	return -1;
}

int stored_parse(const struct speedtest_command *c, int argc, char **argv, bool takes_json,
                 struct stored_query *ret)
{
	static const struct option options[] = {
		{"since", required_argument, NULL, 's'},
		{"until", required_argument, NULL, 'u'},
		{"db", required_argument, NULL, 'd'},
		{"json", no_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	*ret = (struct stored_query){.path = RESULTS_PATH, .until = INT64_MAX};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			speedtest_print_help(c);
			return EXIT_FINE;
		}
		if (option == 's' && parse_moment("--since", optarg, &ret->since) < 0)
			return EXIT_WRONG_INPUT;
		if (option == 'u' && parse_moment("--until", optarg, &ret->until) < 0)
			return EXIT_WRONG_INPUT;
		if (option == '?' || (option == 'j' && !takes_json))
			return speedtest_usage_error(c);
		if (option == 'd')
			ret->path = optarg;
		ret->has_since = ret->has_since || option == 's';
		ret->json = ret->json || option == 'j';
	}
	return optind < argc ? speedtest_usage_error(c) : -1;
}

int stored_open(const struct stored_query *q, const char *sql, sqlite3_stmt **ret)
{
	sqlite3 *db = NULL;

	int rc = sqlite3_open_v2(q->path, &db, SQLITE_OPEN_READONLY, NULL);
	if (rc == SQLITE_OK) {
		(void)sqlite3_busy_timeout(db, BUSY_TIMEOUT_MS);
		rc = sqlite3_prepare_v2(db, sql, -1, ret, NULL);
	}
	if (rc != SQLITE_OK) {
		(void)fprintf(stderr, "%s: %s\n  give --db the database of a speedtestd that stores results, and "
		                      "run this as a user who may read it\n",
		              q->path, sqlite3_errmsg(db));
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
