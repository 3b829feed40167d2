/*
 * A farm: a tree of folders whose files are hard links to those of another tree, so that it costs no room and
 * stays as it is when rsync replaces files there (it writes new ones and renames them; never with --inplace).
 * Blocking: for a thread of its own. Descriptors are of folders, and borrowed.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_FARM_H
#define FONTAINE_MIRROR_FARM_H

#include <stdatomic.h>
#include <stdint.h>

/** What was done with files and links; folders are not counted. */
struct farm_counts {
	uint64_t linked, kept, removed;
};

/**
 * Whether farms can be made in the folder: hard links, which listings show by the same inode number.
 * Return: 0, -EOPNOTSUPP, or a negative errno of writing there.
 */
int farm_probe(int dir_fd);

/**
 * Make the tree @to the farm of @from, whatever it was before: only what differs is touched, and what is
 * the same is known from the listings of the folders alone. To be called again after it was cut off.
 * Return: 0; -ECANCELED once *@is_cancelled (may be NULL); -EMLINK: a file has too many names; -ELOOP: too
 * many folders within each other; or another negative errno.
 */
int farm_update(int from, int to, const atomic_bool *is_cancelled, struct farm_counts *ret);

/** Remove @name of the folder, and all below it. Return: 0, also when it is not there, or a negative errno. */
int farm_remove(int dir_fd, const char *name);

#endif
