/* The commands of fontaine(1): each is one file, and one row of the table in main.c. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_COMMAND_H
#define FONTAINE_FONTAINE_COMMAND_H

#include "base/pop.h"

#include <stdbool.h>

#define POP_PATH   "/etc/fontaine/pop.yaml"
#define STOCK_PATH "/usr/share/fontaine/stock"
#define TLS_PATH   "/var/lib/fontaine/tls"

/** Exit statuses. */
enum {
	EXIT_FINE = 0,
	EXIT_FAILED = 1,
	EXIT_WRONG_INPUT = 2,
};

struct arguments {
	const char *pop_path;   /* FILE; default POP_PATH */
	const char *dir;        /* DIR, where the command has one */
	const char *stock_path; /* --stock DIR; default STOCK_PATH */
	const char *tls_path;   /* --tls DIR; default TLS_PATH */
	bool json;              /* --json */
	bool watch;             /* --watch */
	bool serve;             /* --serve */
};

/** Each returns the exit status. */
int check_run(const struct arguments *a);
int render_run(const struct arguments *a);
int endpoints_run(const struct arguments *a);
int status_run(const struct arguments *a);
int generate_run(const struct arguments *a);
int certificates_run(const struct arguments *a);
int metrics_run(const struct arguments *a);
int audit_run(const struct arguments *a);

/** The commands of fontaine-speedtest(1) and fontaine-ipv6test(1); @argv[0] is their name. Return: the exit status. */
int speedtest_main(int argc, char **argv);
int ipv6test_main(int argc, char **argv);

/** The commands of fontaine-rdns(1); @argv[0] is "rdns". Return: the exit status. */
int rdns_main(int argc, char **argv);

/** fontaine-apply(1); @argv[0] is "apply". Return: the exit status. */
int apply_main(int argc, char **argv);

/** fontaine-bundle(1); @argv[0] is "bundle". Return: the exit status. */
int bundle_main(int argc, char **argv);

/** fontaine-drain(1); @argv[0] is "drain" or "undrain". Return: the exit status. */
int drain_main(int argc, char **argv);

/** fontaine-upgrade(1); @argv[0] is "upgrade" or "rollback". Return: the exit status. */
int upgrade_main(int argc, char **argv);

/** The commands of fontaine-mirror(1); @argv[0] is "mirror". Return: the exit status. */
int mirror_main(int argc, char **argv);

/** The commands of fontaine-credentials(1). */
int credentials_main(int argc, char **argv);

/** fontaine-notices(1). */
int notices_main(int argc, char **argv);

/**
 * Load the POP file, or print on standard error what is wrong with it.
 * Return: EXIT_FINE and *ret_pop, released with pop_free(); else EXIT_WRONG_INPUT.
 */
int command_load_pop(const char *path, struct pop **ret_pop);

/** Print "FILE:LINE:COLUMN: what" and, below, the remedy on standard error. */
void command_print_error(const char *path, const struct pop_error *e);

#endif
