/* How far it is. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { BAR = 20 };

#define CLEAR_LINE "\r\033[K"

/** A terminal that understands CLEAR_LINE. */
static bool is_live(void)
{
	return isatty(STDERR_FILENO) == 1;
}

void progress_show(const char *label, double share, const char *text)
{
	static const char full[] = "####################", empty[] = "....................";
	int n = (int)(share * BAR + 0.5);

	if (!is_live())
		return;
	if (share < 0)
		(void)fprintf(stderr, CLEAR_LINE "  %-8s  %s", label, text);
	else
		(void)fprintf(stderr, CLEAR_LINE "  %-8s  [%.*s%.*s]  %s", label, n, full, BAR - n, empty, text);
	(void)fflush(stderr);
}

void progress_clear(void)
{
	if (is_live())
		(void)fputs(CLEAR_LINE, stderr);
}
