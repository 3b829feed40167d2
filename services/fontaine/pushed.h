/*
 * What an upstream says when it pushes by ssh with a forced command, as archvsync(7) of Debian has it: words such as
 * "sync:all" and "sync:archive:security" in $SSH_ORIGINAL_COMMAND. They choose among projects, and nothing of them
 * is ever executed. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_PUSHED_H
#define FONTAINE_FONTAINE_PUSHED_H

#include <stddef.h>

enum { PUSHED_MAX_BYTES = 512 };

enum pushed {
	PUSHED_NOW,
	PUSHED_LATER,   /* stage 1 of two: everything is fetched and published at stage 2 */
	PUSHED_REFUSED, /* a word that is none of these, or an archive that is none of the projects */
};

/** @text may be NULL or "": all of the first project. @projects: those that may be pushed, at least one. */
enum pushed pushed_read(const char *text, const char *const *projects, size_t n, const char **ret_project);

#endif
