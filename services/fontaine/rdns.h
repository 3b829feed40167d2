/* The commands of fontaine-rdns(1). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_RDNS_H
#define FONTAINE_FONTAINE_RDNS_H

#include "delegation/verdict.h"
#include "fontaine/command_group.h"

/** Each is one file, and one row of the table in rdns.c; @argv[0] is its name. Return: the exit status. */
int rdns_check(const struct subcommand *c, int argc, char **argv);
int rdns_import(const struct subcommand *c, int argc, char **argv);

/** Print for people, on standard output: problems first, the worst of them first, each with its remedy. */
void rdns_report(const struct verdict *v, enum language language);

#endif
