/* SPDX-License-Identifier: MIT */
#include "mirror/two_stage.h"

#include "mirror/farm.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The exact lists. Patterns are of fnmatch(3), where "*" also stands for "/"; the first that fits counts.
 * What Debian's rules leave for the second stage (the indexes of dists) is RANK_INDEX and above; an index by its
 * hash is a file: nobody asks for it before the Release that names it.
 */
static const struct {
	const char *pattern;
	enum tree_kind kind;
	enum two_stage_rank rank;
} ranks[] = {
	{"*/by-hash/*", TREE_DEBIAN, RANK_FILE},
	{"*/InRelease", TREE_DEBIAN, RANK_SIGNED},
	{"dists/*/binary-*/Release", TREE_DEBIAN, RANK_INDEX},
	{"dists/*/source/Release", TREE_DEBIAN, RANK_INDEX},
	{"*/Release", TREE_DEBIAN, RANK_LIST},
	{"*/Release.gpg", TREE_DEBIAN, RANK_LIST},
	{"dists/*", TREE_DEBIAN, RANK_INDEX},
	{"*/ls-lR*", TREE_DEBIAN, RANK_INDEX},
	{"ls-lR*", TREE_DEBIAN, RANK_INDEX},
	{"indices/*", TREE_DEBIAN, RANK_INDEX},
	{"project/trace/*", TREE_DEBIAN, RANK_TRACE},
	{"*repodata/repomd.xml", TREE_RPM, RANK_SIGNED},
	{"*repodata/repomd.xml.asc", TREE_RPM, RANK_LIST},
	{"*repodata/*", TREE_RPM, RANK_INDEX},
	{"*.treeinfo", TREE_RPM, RANK_LIST},
	{"*fullfiletimelist*", TREE_RPM, RANK_TRACE},
	{"*.db", TREE_ARCH, RANK_SIGNED},
	{"*.db.*", TREE_ARCH, RANK_SIGNED},
	{"*.files", TREE_ARCH, RANK_INDEX},
	{"*.files.*", TREE_ARCH, RANK_INDEX},
	{"*.links.tar*", TREE_ARCH, RANK_INDEX},
	{"lastsync", TREE_ARCH, RANK_TRACE},
	{"lastupdate", TREE_ARCH, RANK_TRACE},
	{"*/???.state.txt", TREE_OSM, RANK_INDEX},
	{"*state.txt", TREE_OSM, RANK_SIGNED},
	{"*.md5", TREE_OSM, RANK_INDEX},
	{"*latest*", TREE_OSM, RANK_LIST},
	{"*SUMS", TREE_FILES, RANK_INDEX},
	{"*SUMS.*", TREE_FILES, RANK_LIST},
	{"*.sha256", TREE_FILES, RANK_INDEX},
	{"*.md5", TREE_FILES, RANK_INDEX},
	{"*.asc", TREE_FILES, RANK_INDEX},
	{"*.sig", TREE_FILES, RANK_INDEX},
	{"*latest*", TREE_FILES, RANK_LIST},
	{"*timestamp*", TREE_FILES, RANK_TRACE},
};

enum two_stage_rank two_stage_rank(enum tree_kind kind, const char *path)
{
	for (size_t i = 0; i < sizeof(ranks) / sizeof(*ranks); i++)
		if (ranks[i].kind == kind && fnmatch(ranks[i].pattern, path, 0) == 0)
			return ranks[i].rank;
	return RANK_FILE;
}

/** Steps of publishing; what belongs to one may happen in any order. */
static unsigned step_of(const struct two_stage_change *c)
{
	if (c->is_gone)
		return TWO_STAGE_RANKS + 1;
	return c->rank == RANK_FILE && c->is_new ? 0 : 1 + (unsigned)c->rank;
}

static int compare(const void *a, const void *b)
{
	const struct two_stage_change *x = a, *y = b;
	unsigned of_x = step_of(x), of_y = step_of(y);

	return of_x != of_y ? (of_x > of_y) - (of_x < of_y) : strcmp(x->path, y->path);
}

void two_stage_sort(struct two_stage_change *changes, size_t n)
{
	if (n > 0)
		qsort(changes, n, sizeof(*changes), compare);
}

/** A folder of the folder @fd; with @is_made made if need be, also where something else is. Links are not followed. */
static int open_part(int fd, const char *name, bool is_made)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int below = openat(fd, name, flags);

	if (below >= 0 || !is_made)
		return below < 0 ? -errno : below;
	int rc = farm_remove(fd, name);
	if (rc < 0)
		return rc;
	if (mkdirat(fd, name, 0755) < 0)
		return -errno;
	below = openat(fd, name, flags);
	return below < 0 ? -errno : below;
}

/** The folder of the file @path, below @top. Return: a descriptor and its name in there, or a negative errno. */
static int open_around(int top, const char *path, bool is_made, const char **ret_name)
{
	char part[TREE_PATH_MAX];
	int fd = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(path, '/')) {
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = '\0';
		int below = open_part(fd, part, is_made);
		(void)close(fd);
		if (below < 0)
			return below;
		fd = below;
		path = slash + 1;
	}
	*ret_name = path;
	return fd;
}

/** rename(2) puts a file only where no folder is. */
static int move(int from, const char *from_name, int to, const char *to_name)
{
	if (renameat(from, from_name, to, to_name) == 0)
		return 0;
	if (errno != EISDIR && errno != EEXIST && errno != ENOTEMPTY)
		return -errno;
	int rc = farm_remove(to, to_name);
	return rc == 0 && renameat(from, from_name, to, to_name) < 0 ? -errno : rc;
}

/** A folder that upstream has, also where something else is. */
static int make_folder(int fd, const char *name)
{
	int below = open_part(fd, name, true);

	if (below >= 0)
		(void)close(below);
	return below < 0 ? below : 0;
}

static int put(int from, int to, const char *path)
{
	const char *from_name = path, *to_name = path;
	struct stat st;

	int target = open_around(to, path, true, &to_name);
	if (target < 0)
		return target;
	int source = open_around(from, path, false, &from_name);
	bool is_there = source >= 0 && fstatat(source, from_name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	bool is_folder = is_there && S_ISDIR(st.st_mode);
	int rc = source < 0 ? source : 0;
	if (is_folder)
		rc = make_folder(target, to_name);
	else if (rc == 0)
		rc = move(source, from_name, target, to_name);
	if (rc == -ENOENT && fstatat(target, to_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		rc = 0; /* it was moved before */
	if (source >= 0)
		(void)close(source);
	(void)close(target);
	return rc;
}

/** Remove what is at @path, and the folder around it when it is empty then. */
static int take_away(int to, const char *path)
{
	const char *name = path;
	char folder[TREE_PATH_MAX];

	int fd = open_around(to, path, false, &name);
	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP ? 0 : fd; /* gone with what was around it */
	int rc = farm_remove(fd, name);
	(void)close(fd);
	if (name == path)
		return rc;
	memcpy(folder, path, (size_t)(name - path - 1));
	folder[name - path - 1] = '\0';
	fd = open_around(to, folder, false, &name);
	if (fd >= 0) {
		(void)unlinkat(fd, name, AT_REMOVEDIR); /* or not: it has something in it */
		(void)close(fd);
	}
	return rc;
}

static int apply(int from, int to, const struct two_stage_change *c, const atomic_bool *is_cancelled)
{
	if (is_cancelled != NULL && atomic_load_explicit(is_cancelled, memory_order_relaxed))
		return -ECANCELED;
	if (!tree_path_is_safe(c->path))
		return -EXDEV;
	return c->is_gone ? take_away(to, c->path) : put(from, to, c->path);
}

int two_stage_apply(int from, int to, const struct two_stage_job *job, size_t *reterr_at)
{
	unsigned step = 0;
	int rc = syncfs(from) < 0 ? -errno : 0;

	for (size_t i = 0; i < job->n && rc == 0; i++) {
		unsigned next = step_of(&job->changes[i]);
		if (next != step && syncfs(to) < 0) /* a power failure must not turn the order round */
			rc = -errno;
		step = next;
		if (rc == 0)
			rc = apply(from, to, &job->changes[i], job->is_cancelled);
		if (rc < 0)
			*reterr_at = i;
	}
	return rc == 0 && syncfs(to) < 0 ? -errno : rc; /* what goes does so after this */
}
