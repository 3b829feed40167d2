/* Commands that have commands of their own, such as fontaine-speedtest(1). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_COMMAND_GROUP_H
#define FONTAINE_FONTAINE_COMMAND_GROUP_H

#include <stddef.h>

struct subcommand {
	const char *group; /* its group's name */
	const char *name;
	/** @argv[0] is the command's name, and none is --help. Return: the exit status. */
	int (*run)(const struct subcommand *c, int argc, char **argv);
	const char *usage;
	const char *summary;
	const char *options; /* for --help, one on each line */
};

struct command_group {
	const char *name; /* "speedtest" */
	const char *summary;
	const struct subcommand *commands;
	size_t n;
};

/** @argv[0] is the group's name. Return: the exit status. */
int command_group_main(const struct command_group *g, int argc, char **argv);

/** Say how @c is used, on standard error. Return: EXIT_WRONG_INPUT. */
int subcommand_usage_error(const struct subcommand *c);

#endif
