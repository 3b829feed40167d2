/* fontaine upgrade, fontaine rollback: which version of the system a machine starts. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SLOTS "/usr/libexec/fontaine/slots"

/** Become the program that knows the machine's versions. Return: the exit status, when there is none. */
static int run_slots(const char *what, const char *url)
{
	(void)fflush(stdout);
	(void)execl(SLOTS, SLOTS, what, url, (char *)NULL);
	(void)fprintf(stderr, "fontaine: " SLOTS ": this machine is not of an image with two versions\n"
	                      "  upgrade its packages instead: apt upgrade\n");
	return EXIT_FAILED;
}

static int run_upgrade(bool is_check, const char *url)
{
	struct pop *p = NULL;
	int rc = url == NULL ? command_load_pop(POP_PATH, &p) : EXIT_FINE;

	if (rc != EXIT_FINE)
		return rc;
	if (url == NULL)
		url = p->site->upgrades;
	if (url == NULL) {
		(void)fprintf(stderr, POP_PATH ": site.upgrades is not given\n"
		                               "  say where upgrades are, there or by --from URL\n");
		rc = EXIT_WRONG_INPUT;
	} else {
		rc = run_slots(is_check ? "check" : "upgrade", url);
	}
	if (p != NULL)
		pop_free(p);
	return rc;
}

static int usage_error(void)
{
	(void)fprintf(stderr, "Usage: fontaine upgrade [--check] [--from URL]\n       fontaine rollback\n");
	return EXIT_WRONG_INPUT;
}

int upgrade_main(int argc, char **argv)
{
	static const struct option options[] = {
		{"check", no_argument, NULL, 'c'},
		{"from", required_argument, NULL, 'f'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	bool is_upgrade = strcmp(argv[0], "upgrade") == 0, is_check = false;
	const char *url = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			(void)printf("Usage: fontaine upgrade [--check] [--from URL]\n"
			             "       fontaine rollback\n"
			             "Have the newest version started next, or go back to the other one.\n\n"
			             "  --check     say whether there is a newer version\n"
			             "  --from URL  where versions are (default: site.upgrades of the POP file)\n\n"
			             "More: man fontaine-upgrade\n");
			return EXIT_FINE;
		}
		if (!is_upgrade || option == '?')
			return usage_error();
		is_check = is_check || option == 'c';
		if (option == 'f')
			url = optarg;
	}
	if (optind < argc)
		return usage_error();
	return is_upgrade ? run_upgrade(is_check, url) : run_slots("rollback", NULL);
}
