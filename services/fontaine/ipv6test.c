/* fontaine ipv6test: what an operator does with the IPv6 test. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/ipv6test.h"

#include "fontaine/command.h"
#include "fontaine/stored.h"

static const struct subcommand commands[] = {
	STORED_EXPORT("ipv6test"),
	{
		.group = "ipv6test",
		.name = "stats",
		.run = ipv6test_stats,
		.usage = "[--since TIME] [--until TIME] [--json] [--db FILE]",
		.summary = "show how many visitors are ready for IPv6, by day and origin AS",
		.options = STORED_OPTIONS("ipv6test") "  --json        print JSON\n",
	},
};

int ipv6test_main(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "ipv6test",
		.summary = "see what the IPv6 test has stored",
		.commands = commands,
		.n = sizeof(commands) / sizeof(*commands),
	};

	return command_group_main(&group, argc, argv);
}
