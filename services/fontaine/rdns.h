/* The command of fontaine-rdns(1). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_RDNS_H
#define FONTAINE_FONTAINE_RDNS_H

#include "delegation/verdict.h"

/** fontaine rdns check; @argv[0] is "check". Return: the exit status. */
int rdns_check(int argc, char **argv);

/** Print for people, on standard output: problems first, the worst of them first, each with its remedy. */
void rdns_report(const struct verdict *v, enum language language);

#endif
