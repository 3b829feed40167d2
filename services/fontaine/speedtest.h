/* The commands of fontaine-speedtest(1): each is one file, and one row of the table in speedtest.c. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_SPEEDTEST_H
#define FONTAINE_FONTAINE_SPEEDTEST_H

#include "fontaine/command_group.h"

int speedtest_run(const struct subcommand *c, int argc, char **argv);
int speedtest_stats(const struct subcommand *c, int argc, char **argv);

#endif
