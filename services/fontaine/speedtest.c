/* fontaine speedtest: what an operator does with the speed test. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/speedtest.h"

#include "fontaine/command.h"
#include "fontaine/stored.h"

static const struct subcommand commands[] = {
	{
		.group = "speedtest",
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
	STORED_EXPORT("speedtest"),
	{
		.group = "speedtest",
		.name = "stats",
		.run = speedtest_stats,
		.usage = "[--since TIME] [--until TIME] [--json] [--db FILE]",
		.summary = "show how figures are distributed, by family and origin AS",
		.options = STORED_OPTIONS("speedtest") "  --json        print JSON\n",
	},
};

int speedtest_main(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "speedtest",
		.summary = "use the speed test, and what it has stored",
		.commands = commands,
		.n = sizeof(commands) / sizeof(*commands),
	};

	return command_group_main(&group, argc, argv);
}
