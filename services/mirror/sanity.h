/*
 * Whether a tree has only what can be served without harm: files, folders and links that everyone may read,
 * and that stay in the tree. Blocking: for a thread of its own.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_SANITY_H
#define FONTAINE_MIRROR_SANITY_H

#include "mirror/findings.h"
#include "mirror/large.h"
#include "mirror/tree.h"

#include <stdatomic.h>
#include <stdint.h>

/** All that is in a tree. */
struct sanity_counts {
	uint64_t files, folders, links, bytes; /* bytes of files, each counted once for each of its names */
};

/**
 * Look at everything in the folder @fd (borrowed). Names may have any bytes in them. @large notes what it wants, or
 * is NULL.
 * Return: 0, -EBADMSG: @f has what is wrong; or -ECANCELED once *@is_cancelled (may be NULL).
 */
int sanity_check(int fd, const atomic_bool *is_cancelled, struct findings *f, struct large_search *large,
                 struct sanity_counts *ret);

#endif
