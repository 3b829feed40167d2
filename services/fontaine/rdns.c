/* fontaine rdns: what is done about reverse DNS from a terminal. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/rdns.h"

#include "fontaine/command.h"

#include <stdio.h>
#include <string.h>

int rdns_main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (strcmp(name, "check") == 0)
		return rdns_check(argc - 1, argv + 1);
	if (strcmp(name, "--help") == 0) {
		(void)printf("Usage: fontaine rdns check ZONE --ns NAME[=ADDR,...] ...\n"
		             "fontaine-rdns: check delegations of reverse DNS.\n\n"
		             "  --help  print this text and exit; after a command, explain that one\n\n"
		             "More: man fontaine-rdns\n");
		return EXIT_FINE;
	}
	(void)fprintf(stderr, "fontaine rdns: \"%s\" is not a command; see fontaine rdns --help\n", name);
	return EXIT_WRONG_INPUT;
}
