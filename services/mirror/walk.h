/* All that is in a folder, down to its last file. Blocking. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_WALK_H
#define FONTAINE_MIRROR_WALK_H

#include <stdatomic.h>
#include <sys/stat.h>

/** Borrowed. */
struct walk {
	const atomic_bool *is_cancelled; /* may be NULL */
	/**
	 * Called for each entry but the top with its path, and with @st as of itself, not of what it leads to; a
	 * folder comes before what is in it. When it cannot be looked at, @st is NULL and @rc is a negative errno;
	 * -ENAMETOOLONG: so deep within @path, a folder, that we look no further. Return: 0, or what ends the walk.
	 */
	int (*on_entry)(void *data, const char *path, const struct stat *st, int rc);
	void *data;
};

/** Walk through the folder @fd. Return: 0; -ECANCELED; what on_entry() returned; or a negative errno. */
int walk_folder(int fd, const struct walk *w);

#endif
