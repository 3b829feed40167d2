/* fontaine speedtest export: stored results as JSON lines, for whatever the operator runs. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"
#include "fontaine/speedtest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char sql[] = "SELECT line FROM speedtest_export WHERE time >= ? AND time < ? ORDER BY time";

int export_run(const struct speedtest_command *c, int argc, char **argv)
{
	struct stored_query query;
	bool failed = false;
	sqlite3_stmt *rows;

	int status = stored_parse(c, argc, argv, false, &query);
	if (status >= 0)
		return status;
	if (!query.has_since)
		return speedtest_usage_error(c);
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
