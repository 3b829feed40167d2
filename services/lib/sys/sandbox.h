/* What a daemon gives up once its sockets and files are open. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SYS_SANDBOX_H
#define FONTAINE_SYS_SANDBOX_H

#include <stdbool.h>

/** Paths must exist; a directory stands for all that is below it. Lists are NULL-terminated, or NULL. */
struct sandbox {
	const char *const *read_paths;  /* still readable */
	const char *const *write_paths; /* still readable and writable */
	bool network;                   /* may still open, bind and connect sockets */
	bool processes;                 /* may still start programs, those below read_paths */
};

/**
 * Apply for every thread of the process, for good: no new privileges, Landlock
 * (landlock(7)) for files and TCP, seccomp(2) with an allow list. Call before
 * threads start. A kernel without Landlock costs a warning, not the start.
 * What daemon.h and log.h send to systemd still arrives.
 * Return: 0 or a negative errno, logged.
 */
int sandbox_apply(const struct sandbox *s);

#endif
