/*
 * Publishing where no farm can be made: the tree that is served gets new files first, then, in this order, files
 * that changed, indexes from the least to the one that names all others, and at last what went is removed. So at
 * any moment the indexes name only what is there. What the file system can do as one step is one rename.
 *
 * Upstream's files are in a folder of their own (rsync --compare-dest), verified laid over the tree.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TWO_STAGE_H
#define FONTAINE_MIRROR_TWO_STAGE_H

#include "mirror/tree.h"

#include <stdatomic.h>
#include <stdint.h>

/** When a file gets its place: the order of publishing. */
enum two_stage_rank {
	RANK_FILE,   /* named by indexes */
	RANK_INDEX,  /* names files */
	RANK_LIST,   /* names indexes: Release, repomd.xml */
	RANK_SIGNED, /* names them, and is what clients read first: InRelease, state.txt */
	RANK_TRACE,  /* says when it was: lastsync, project/trace */
	TWO_STAGE_RANKS,
};

/** The rank of the file @path in a tree of this kind. Pure. */
enum two_stage_rank two_stage_rank(enum tree_kind kind, const char *path);

/** A path of upstream's listing. */
struct two_stage_change {
	char *path;
	bool is_gone;
	bool is_new; /* it was not there */
	enum two_stage_rank rank;
};

/** Sort changes into the order of publishing. Pure. */
void two_stage_sort(struct two_stage_change *changes, size_t n);

struct two_stage_job {
	const struct two_stage_change *changes; /* sorted */
	size_t n;
	const atomic_bool *is_cancelled; /* may be NULL */
};

/**
 * Rename each file from the folder @from to the same path of the folder @to, and remove what is gone, with its
 * folder when that is empty then. Blocking. What is not in @from any more was moved before it was cut off: to be
 * called again.
 * Return: 0, -ECANCELED once *job->is_cancelled, or a negative errno and *reterr_at, the change.
 */
int two_stage_apply(int from, int to, const struct two_stage_job *job, size_t *reterr_at);

#endif
