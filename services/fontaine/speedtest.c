/* fontaine speedtest: what an operator does with the speed test. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/speedtest.h"

#include "fontaine/command.h"

#include <stdio.h>
#include <string.h>

#define RANGE_OPTIONS \
	"  --since TIME  only tests from then on\n" \
	"  --until TIME  only tests before\n" \
	"  --db FILE     the database (default: " RESULTS_PATH ")\n"

static const struct speedtest_command commands[] = {
	{
		.name = "run",
		.run = speedtest_run,
		.usage = "URL [-4] [-6] [--streams N] [--seconds N] [--ca FILE] [--json]",
		.summary = "measure the way to a POP's speed test, or any LibreSpeed server",
		.options = "  -4            over IPv4 only (default: over IPv4, then IPv6)\n"
			   "  -6            over IPv6 only\n"
			   "  --streams N   connections at once, 1 to 64 (default: 5)\n"
			   "  --seconds N   how long each direction is measured, 1 to 60 (default: 6)\n"
			   "  --ca FILE     trust the certificates in FILE instead of this system's\n"
			   "  --json        print JSON\n",
	},
	{
		.name = "export",
		.run = export_run,
		.usage = "--since TIME [--until TIME] [--db FILE]",
		.summary = "print stored results as JSON, one a line",
		.options = RANGE_OPTIONS,
	},
	{
		.name = "stats",
		.run = stats_run,
		.usage = "[--since TIME] [--until TIME] [--json] [--db FILE]",
		.summary = "show how figures are distributed, by family and origin AS",
		.options = RANGE_OPTIONS "  --json        print JSON\n",
	},
};

enum { N_COMMANDS = sizeof(commands) / sizeof(*commands) };

void speedtest_print_help(const struct speedtest_command *c)
{
	(void)printf("Usage: fontaine speedtest %s %s\n"
	             "fontaine-speedtest: %s.\n\n"
	             "%s"
	             "  --help        print this text and exit\n\n"
	             "More: man fontaine-speedtest\n",
	             c->name, c->usage, c->summary, c->options);
}

int speedtest_usage_error(const struct speedtest_command *c)
{
	(void)fprintf(stderr, "Usage: fontaine speedtest %s %s\n", c->name, c->usage);
	return EXIT_WRONG_INPUT;
}

static void print_help(void)
{
	(void)printf("Usage: fontaine speedtest COMMAND ...\n"
	             "fontaine-speedtest: use the speed test, and what it has stored.\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		(void)printf("  %-7s %s\n          %s\n", commands[i].name, commands[i].usage, commands[i].summary);
	(void)printf("\n"
	             "  --help  print this text and exit; after a command, explain that one\n\n"
	             "More: man fontaine-speedtest\n");
}

int speedtest_main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "--help") == 0) {
		print_help();
		return EXIT_FINE;
	}
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return commands[i].run(&commands[i], argc - 1, argv + 1);
	(void)fprintf(stderr, "fontaine speedtest: \"%s\" is not a command; see fontaine speedtest --help\n", name);
	return EXIT_WRONG_INPUT;
}
