/*
 * A mirrored tree as a folder: its files by relative path. What leads out of it is refused by the kernel
 * (openat2(2), RESOLVE_BENEATH), whatever symbolic links an upstream has put there.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TREE_H
#define FONTAINE_MIRROR_TREE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum {
	TREE_PATH_MAX = 1024, /* bytes of a relative path, with the NUL */
	TREE_DEPTH_MAX = 64,  /* folders within each other */
};

/** Of what rules a tree is. */
enum tree_kind {
	TREE_DEBIAN,
	TREE_RPM,
	TREE_ARCH,
	TREE_FILES,
	TREE_OSM,
	TREE_KINDS,
};

/** "debian", ..., "osm-planet". */
extern const char *const tree_kind_names[TREE_KINDS];

/**
 * A folder, or one laid over another: then a file is looked for in it first, and in the one below unless
 * it is gone. A link leads to files of its own folder only.
 */
struct tree {
	int fd;
	int below_fd; /* -1: nothing is below */
	const char *const *gone;
	size_t n_gone; /* borrowed: sorted by strcmp() */
};

/** Open the folder @path, and @below unless it is NULL. Return: 0 or a negative errno. */
int tree_open(const char *path, const char *below, struct tree *ret);
void tree_close(struct tree *t);

/** Whether @path is relative, has no empty part, no "." and no "..", and is not too long. Pure. */
bool tree_path_is_safe(const char *path);

/**
 * Open below the folder @dir_fd, as openat(2). Links are followed as far as they stay below.
 * Return: a descriptor, or a negative errno; -EXDEV: it leads out.
 */
int tree_open_below(int dir_fd, const char *path, int flags);

/** Look at what @path leads to. Return: 0, -ENOENT, -EXDEV, or another negative errno. */
int tree_stat(const struct tree *t, const char *path, struct stat *ret);

/** Whether @path of the folder below is not the tree's: it is gone, or something lies over it. */
bool tree_hides(const struct tree *t, const char *path);

/** Open the file @path to be read. Return: a descriptor; -EINVAL: it is no regular file; or as tree_stat(). */
int tree_open_file(const struct tree *t, const char *path);

/**
 * Put a file called @name into the folder @dir_fd: a new one, so that what was called so keeps its text under its
 * other names. Return: 0 or a negative errno; then nothing has changed.
 */
int tree_put(int dir_fd, const char *name, const char *text, size_t len);

/** Append the whole file @path. Return: 0, -ENOBUFS past the buffer's limit, or as tree_open_file(). */
int tree_read(const struct tree *t, const char *path, struct buf *b);

#endif
