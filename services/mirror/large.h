/* The large files of a tree that is published. Blocking. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_LARGE_H
#define FONTAINE_MIRROR_LARGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/** Which bytes a file has, without reading them: as long as all of it is the same, they are. */
struct large_version {
	uint64_t inode, size_bytes;
	int64_t modified_ns; /* Unix */
};

struct large_file {
	char *path; /* in the tree; UTF-8 without control characters */
	struct large_version version;
};

struct large_list {
	struct large_file *all;
	size_t n, room;
};

/** What a walk through a tree finds of files that are large enough. */
struct large_search {
	uint64_t from_bytes;
	struct large_list found; /* for large_list_done() */
	bool is_over;            /* it has been all through it */
};

struct large_version large_version_of(const struct stat *st);

/**
 * Note the entry @path of a tree if it is a file of at least so many bytes, and at most PIECES_FILE_MAX_BYTES, but for
 * those whose names nobody can write down.
 */
void large_note(struct large_search *s, const char *path, const struct stat *st);

/**
 * Search the folder @path.
 * Return: 0, -ECANCELED, or a negative errno. Release with large_list_done(), whatever was returned.
 */
int large_find(const char *path, uint64_t from_bytes, const atomic_bool *is_cancelled, struct large_list *ret);

void large_list_done(struct large_list *l);

#endif
