/*
 * Whether a tree may be published: every file that its indexes name is there, with its size, and what is
 * not is said in words. Blocking: for a thread of its own. Nothing that a tree has in it is trusted.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_VERIFY_H
#define FONTAINE_MIRROR_VERIFY_H

#include "mirror/exclude.h"
#include "mirror/findings.h"
#include "mirror/listed.h"
#include "mirror/tree.h"

#include <stdatomic.h>

/** What is read through to compare its hash. */
enum verify_hashes {
	VERIFY_INDEXES, /* indexes that other indexes name */
	VERIFY_ALL,     /* whatever is named with a hash */
};

/** What an index says of its own age; 0: nothing. */
struct verify_age {
	uint64_t serial; /* grows with each version */
	int64_t date;    /* Unix seconds */
};

/** How an index is older than where it is published. */
struct verify_back {
	uint64_t before, now; /* serials, or Unix seconds; 0: nothing is older */
	char index[TREE_PATH_MAX];
};

struct verify {
	const struct tree *tree;
	struct exclude exclude; /* what the operator leaves out is not missed */
	enum verify_hashes hashes;
	int64_t now;                     /* Unix seconds; 0: nothing expires */
	const atomic_bool *is_cancelled; /* may be NULL */
	const struct tree *published;    /* what it is to follow; NULL: nothing is published */
	const char *const *suites;       /* of Debian, below dists: only these are looked at */
	size_t n_suites;                 /* 0: all are */

	/* what came of it; zeroed at the start */
	struct findings findings;
	uint64_t n_indexes, n_files, bytes;        /* indexes read, files named in them, and their sizes */
	int64_t date;                              /* of the newest index, Unix seconds; 0: none says it */
	struct verify_back serial_back, date_back; /* of the index that goes back furthest */
};

/**
 * Verify the tree by the rules of @kind.
 * Return: 0; -EBADMSG: v->findings has what is wrong; -ECANCELED.
 */
int verify_tree(struct verify *v, enum tree_kind kind);

void verify_done(struct verify *v);

/* For the kinds. Each returns 0, whatever it finds, or -ECANCELED. */

int verify_debian(struct verify *v);
int verify_rpm(struct verify *v);
int verify_arch(struct verify *v);
int verify_files(struct verify *v);
int verify_osm(struct verify *v);

/** Read what the index @path says of its age. Return: whether it could be; else it is a finding. */
typedef bool (*verify_read_age)(struct verify *v, const char *path, struct verify_age *ret);

/** The index @path is to be no older than where it is published, if it is. */
void verify_follows(struct verify *v, const char *path, verify_read_age read);

/** Compare the file f->path with what @index says of it; and its hash, if @is_index or all are wanted. */
int verify_listed(struct verify *v, const struct listed *f, const char *index, bool is_index);

/** Say that @path could not be looked at, as @rc has it: a negative errno, of whatever is called here. */
void verify_unreadable(struct verify *v, const char *path, const char *index, int rc);

/** Say that @index names @path, which can be no path of this tree. */
void verify_unsafe(struct verify *v, const char *path, const char *index);

/** Say why @path cannot be read as what it is to be. */
void verify_malformed(struct verify *v, const char *path, const char *why);

/** Read the whole of the file @path. Return: whether it could be; else it is a finding. */
bool verify_read(struct verify *v, const char *path, struct buf *b);

/** Called with the path of a file. Return: 0, or a negative errno that ends the walk. */
typedef int (*verify_on_file)(struct verify *v, const char *path, void *data);

/**
 * Call @on_file for each file (links are none) below the folder @top ("" is the tree's own) whose name
 * begins with @prefix and ends with @suffix. Return: 0, or what on_file returned; or -ECANCELED.
 */
struct verify_walk {
	const char *top, *prefix, *suffix;
	verify_on_file on_file;
	void *data;
};
int verify_walk(struct verify *v, const struct verify_walk *w);

/**
 * Compare what the list of hashes @path (sums.h) names with what is beside it; with @is_promised all of it must be
 * there. Return: 0, or -ECANCELED.
 */
int verify_sums(struct verify *v, const char *path, bool is_promised);

/** Put "FOLDER/NAME" into @ret, or NAME when @folder is "". Return: whether it is a path of a tree. */
bool verify_join(const char *folder, const char *name, char ret[TREE_PATH_MAX]);

/** The folder that has the file @path. */
void verify_folder(const char *path, char ret[TREE_PATH_MAX]);

#endif
