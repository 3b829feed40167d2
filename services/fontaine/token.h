/* fontaine rdns token, fontaine mirror token: whom a daemon lets in. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_TOKEN_H
#define FONTAINE_FONTAINE_TOKEN_H

#include "fontaine/command_group.h"

#include <stdbool.h>

struct token_kind {
	const char *group;    /* "rdns" */
	const char *database; /* path, unless --db says another one */
	const char *owner;    /* "asn": whose one is, an option and a column of "tokens"; NULL there: operators' */
	bool is_asn;          /* or else a name */
	const char *remedy;   /* when it is not said whose */
};

/** Make, list or revoke tokens; @argv[0] is "token". Return: the exit status. */
int token_run(const struct token_kind *kind, const struct subcommand *c, int argc, char **argv);

#endif
