/*
 * Generations of a project: in its folder, generations/N are farms of what work had, whole and never changed
 * once they have their number; current is a link to the one that is published, before-1 and so on to the others,
 * the newest first: what was downloaded by an index of theirs is still there for it.
 *
 * The happy path: farm_probe() once; then, whenever work has been verified, generation_fill(), whatever is to be
 * written into it besides, generation_number(), generation_publish(), generation_remove_old(). After a kill at any
 * point, current leads to a whole generation, and the next generation_fill() goes on.
 * Blocking: for a thread of its own. @fd is the project's folder.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_GENERATION_H
#define FONTAINE_MIRROR_GENERATION_H

#include "mirror/farm.h"

#include <stddef.h>

enum {
	GENERATIONS_MAX = 1000,
	GENERATION_PATH_MAX = 48,
};

#define GENERATION_WORK   "work"
#define GENERATION_MAKING "generations/.making" /* what has no number yet */
#define GENERATION_GOING  "generations/.going"  /* what has none any more */
#define GENERATION_TREE   "tree"                /* what current leads to where there are none */

/** "generations/7" */
char *generation_path(uint64_t n, char ret[GENERATION_PATH_MAX]);

/** The numbers of those that are whole, ascending. Return: how many, or a negative errno. */
int generation_list(int fd, uint64_t ret[GENERATIONS_MAX]);

/** The one that is published. Return: 0, -ENOENT: none is, or a negative errno. */
int generation_current(int fd, uint64_t *ret);

/**
 * Which of the @n_all, ascending, are to go when the newest @keep, and @current (0: none), stay. Pure.
 * Return: how many, the oldest first in @ret.
 */
size_t generation_due(const uint64_t *all, size_t n_all, uint64_t current, size_t keep, uint64_t ret[GENERATIONS_MAX]);

/**
 * Make GENERATION_MAKING what work is, out of the oldest generation that is due when @keep (at least 1) stay, if there
 * is one: then only what differs is touched. Return: as farm_update().
 */
int generation_fill(int fd, size_t keep, const atomic_bool *is_cancelled, struct farm_counts *ret_counts);

/** Give GENERATION_MAKING its number, once all of it is on the disk. Return: 0 or a negative errno. */
int generation_number(int fd, uint64_t *ret);

/** Publish generation @n, a newer or an older one. Return: 0, -ENOENT: there is none, or a negative errno. */
int generation_publish(int fd, uint64_t n);

/** Remove those that are due, and what was left of earlier removals. Return: 0 or a negative errno. */
int generation_remove_old(int fd, size_t keep);

#endif
