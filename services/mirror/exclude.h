/* The operator's exclusions, as rsync reads them: rsync(1), "PATTERN MATCHING RULES". Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_EXCLUDE_H
#define FONTAINE_MIRROR_EXCLUDE_H

#include <stdbool.h>
#include <stddef.h>

/** Patterns, borrowed. */
struct exclude {
	const char *const *patterns;
	size_t n;
};

/**
 * Whether rsync would leave out the file @path of the tree, by a pattern for it or for a folder around it.
 * A "/" at a pattern's start ties it to the tree's top, one at its end to folders; one within it, or "**",
 * compares whole paths, else the last part. "*" and "?" stand for no "/", "**" does.
 */
bool exclude_matches(const struct exclude *e, const char *path);

#endif
