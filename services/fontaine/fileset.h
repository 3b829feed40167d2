/* Files that appear together: every one is written before the first is put in place. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_FILESET_H
#define FONTAINE_FONTAINE_FILESET_H

#include <stddef.h>

enum { FILESET_MAX = 128 };

struct fileset {
	const char *dir; /* borrowed; may not be there yet */
	struct {
		char *path; /* whole */
		char *text; /* NULL: the file is to go away */
	} files[FILESET_MAX];
	size_t n;
};

void fileset_init(struct fileset *s, const char *dir);

/** @name, below the folder and with at most one folder of its own, gets @text (taken; NULL: remove it). */
void fileset_take(struct fileset *s, const char *name, char *text);

/**
 * Return: 0, or a negative errno, logged with the file; then no file has changed, but those that were in place before
 * a disk failed between two of them.
 */
int fileset_write(const struct fileset *s);

/** Remove the files again, and their folders. */
void fileset_remove(const struct fileset *s);
void fileset_done(struct fileset *s);

#endif
