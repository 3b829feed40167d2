/*
 * One program of a run: in a session, a process group and, where there is one, a cgroup of its own, with the
 * project's lock, with nothing of the daemon's environment. All that it has started ends with it.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_CHILD_H
#define FONTAINE_MIRROR_CHILD_H

#include "mirror/outcome.h"

#include <stdint.h>
#include <uv.h>

enum {
	CHILD_SAID_MAX_BYTES = 16 << 10, /* of what it says, the end is kept */
	CHILD_GRACE_MS = 2000,           /* from SIGTERM to SIGKILL */
};

/** Borrowed for the time of child_start(), but for @data. */
struct child_config {
	uv_loop_t *loop;
	char **argv;             /* ended by NULL; argv[0] is looked for in the usual folders */
	const char *const *more; /* environment beside PATH, HOME and LC_ALL; ended by NULL, or NULL */
	const char *folder;      /* that it works in */
	const char *out;         /* file that standard output is written to; NULL: is kept as what it says */
	int lock;                /* descriptor of lock_take(); stays the caller's */
	const char *cgroup;      /* folder of cgroup_make(), or NULL */
	/** It has said something: @len bytes, none of which is NUL. May be NULL. */
	void (*on_said)(const char *text, size_t len, void *data);
	/** It has ended, and all that it had started is killed; nothing more is called. @e is borrowed for the call. */
	void (*on_end)(const struct ending *e, void *data);
	void *data;
};

struct child; /* opaque; freed after on_end() */

/**
 * Return: 0 and *ret, or a negative errno: then it was not started, and on_end() is not called. With a cgroup, a
 * program that cannot be started ends with 126 or 127 instead, as in a shell.
 */
int child_start(const struct child_config *config, struct child **ret);

/** Ask it to end, and make it end if it does not; on_end() comes as ever. */
void child_stop(struct child *c);

/** Bytes that it and its children have read and written so far, by the kernel's count (proc_pid_io(5)). */
uint64_t child_moved_bytes(const struct child *c);

#endif
