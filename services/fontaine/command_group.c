/* SPDX-License-Identifier: MIT */
#include "fontaine/command_group.h"

#include "fontaine/command.h"

#include <stdio.h>
#include <string.h>

static void print_subcommand_help(const struct subcommand *c)
{
	(void)printf("Usage: fontaine %s %s %s\n"
	             "fontaine-%s: %s.\n\n"
	             "%s"
	             "  --help        print this text and exit\n\n"
	             "More: man fontaine-%s\n",
	             c->group, c->name, c->usage, c->group, c->summary, c->options, c->group);
}

int subcommand_usage_error(const struct subcommand *c)
{
	(void)fprintf(stderr, "Usage: fontaine %s %s %s\n", c->group, c->name, c->usage);
	return EXIT_WRONG_INPUT;
}

static void print_help(const struct command_group *g)
{
	(void)printf("Usage: fontaine %s COMMAND ...\n"
	             "fontaine-%s: %s.\n\n",
	             g->name, g->name, g->summary);
	for (size_t i = 0; i < g->n; i++)
		(void)printf("  %-7s %s\n          %s\n", g->commands[i].name, g->commands[i].usage,
		             g->commands[i].summary);
	(void)printf("\n"
	             "  --help  print this text and exit; after a command, explain that one\n\n"
	             "More: man fontaine-%s\n",
	             g->name);
}

static int run(const struct subcommand *c, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0) {
			print_subcommand_help(c);
			return EXIT_FINE;
		}
	return c->run(c, argc, argv);
}

int command_group_main(const struct command_group *g, int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "--help") == 0) {
		print_help(g);
		return EXIT_FINE;
	}
	for (size_t i = 0; i < g->n; i++)
		if (strcmp(g->commands[i].name, name) == 0)
			return run(&g->commands[i], argc - 1, argv + 1);
	(void)fprintf(stderr, "fontaine %s: \"%s\" is not a command; see fontaine %s --help\n", g->name, name, g->name);
	return EXIT_WRONG_INPUT;
}
