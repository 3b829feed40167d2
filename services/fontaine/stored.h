/*
 * What a daemon has stored, as its views show it. The database of the group "speedtest" is
 * /var/lib/fontaine/speedtest/results.db, if not told otherwise, and its view for exports
 * speedtest_export.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_STORED_H
#define FONTAINE_FONTAINE_STORED_H

#include "fontaine/command_group.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define STORED_PATH(group) "/var/lib/fontaine/" group "/results.db"

/** What they have in common, as text for --help. */
#define STORED_OPTIONS(group) \
	"  --since TIME  only tests from then on\n" \
	"  --until TIME  only tests before\n" \
	"  --db FILE     the database (default: " STORED_PATH(group) ")\n"

/** A row of a group's table: every group exports alike. */
#define STORED_EXPORT(in_group) \
	{ \
		.group = (in_group), \
		.name = "export", \
		.run = stored_export_run, \
		.usage = "--since TIME [--until TIME] [--db FILE]", \
		.summary = "print stored results as JSON, one a line", \
		.options = STORED_OPTIONS(in_group), \
	}

int stored_export_run(const struct subcommand *c, int argc, char **argv);

/** What is asked of the stored results. */
struct stored_query {
	const char *group;
	const char *path;     /* of the database; NULL: the group's */
	int64_t since, until; /* Unix seconds; all that are stored when not given */
	bool has_since;
	bool json;
};

/**
 * Read --since, --until, --db and --json, the last when @takes_json; --help prints the help.
 * Return: -1 to go on, else the exit status.
 */
int stored_parse(const struct subcommand *c, int argc, char **argv, bool takes_json, struct stored_query *ret);

/**
 * Open the database and prepare @sql, with the time asked for as its first two parameters, the
 * second exclusive. Nothing is written, and the daemon goes on meanwhile.
 * Return: 0, released with stored_close(), or -1, explained on standard error.
 */
int stored_open(const struct stored_query *q, const char *sql, sqlite3_stmt **ret);

/** Whether there is one more row; *reterr is set, and the reason printed, when there should be but cannot be read. */
bool stored_next(sqlite3_stmt *rows, bool *reterr);

void stored_close(sqlite3_stmt *rows);

#endif
