/* The commands of fontaine-speedtest(1): each is one file, and one row of the table in speedtest.c. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_SPEEDTEST_H
#define FONTAINE_FONTAINE_SPEEDTEST_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define RESULTS_PATH "/var/lib/fontaine/speedtest/results.db"

struct speedtest_command {
	const char *name;
	/** @argv[0] is the command's name. Return: the exit status. */
	int (*run)(const struct speedtest_command *c, int argc, char **argv);
	const char *usage;
	const char *summary;
	const char *options; /* for --help, one on each line */
};

int speedtest_run(const struct speedtest_command *c, int argc, char **argv);
int export_run(const struct speedtest_command *c, int argc, char **argv);
int stats_run(const struct speedtest_command *c, int argc, char **argv);

void speedtest_print_help(const struct speedtest_command *c);

/** Say how @c is used, on standard error. Return: EXIT_WRONG_INPUT. */
int speedtest_usage_error(const struct speedtest_command *c);

/** What is asked of the stored results. */
struct stored_query {
	const char *path;     /* of the database; default RESULTS_PATH */
	int64_t since, until; /* Unix seconds; all that are stored when not given */
	bool has_since;
	bool json;
};

/**
 * Read --since, --until, --db and --json, the last when @takes_json; --help prints the help.
 * Return: -1 to go on, else the exit status.
 */
int stored_parse(const struct speedtest_command *c, int argc, char **argv, bool takes_json,
                 struct stored_query *ret);

/**
 * Open the database and prepare @sql, with the time asked for as its two parameters, the
 * second exclusive. Nothing is written, and the daemon goes on meanwhile.
 * Return: 0, released with stored_close(), or -1, explained on standard error.
 */
int stored_open(const struct stored_query *q, const char *sql, sqlite3_stmt **ret);

/** Whether there is one more row; *reterr is set, and the reason printed, when there should be but cannot be read. */
bool stored_next(sqlite3_stmt *rows, bool *reterr);

void stored_close(sqlite3_stmt *rows);

#endif
