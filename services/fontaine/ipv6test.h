/* The commands of fontaine-ipv6test(1): each is one file, and one row of the table in ipv6test.c. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_IPV6TEST_H
#define FONTAINE_FONTAINE_IPV6TEST_H

#include "fontaine/command_group.h"

int ipv6test_stats(const struct subcommand *c, int argc, char **argv);

#endif
