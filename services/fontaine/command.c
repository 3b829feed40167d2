/* What the commands share. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include <stdio.h>

void command_print_error(const char *path, const struct pop_error *e)
{
	char place[32] = "";

	if (e->line > 0)
		(void)snprintf(place, sizeof(place), ":%u:%u", e->line, e->column);
	(void)fprintf(stderr, "%s%s: %s\n  %s\n", path, place, e->what, e->remedy);
}

int command_load_pop(const char *path, struct pop **ret_pop)
{
	struct pop_error e;

	if (pop_load(path, ret_pop, &e) == 0)
		return EXIT_FINE;
	command_print_error(path, &e);
	return EXIT_WRONG_INPUT;
}
