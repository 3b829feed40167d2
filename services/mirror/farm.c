/* SPDX-License-Identifier: MIT */
#include "mirror/farm.h"

#include "base/buf.h"
#include "base/mem.h"
#include "mirror/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	REMOVE_DEPTH_MAX = 1000, /* deeper than what is ever linked */
	LISTING_MAX_BYTES = 1 << 30,
};

struct entry {
	size_t name; /* place in names */
	ino_t inode;
	bool is_folder;
};

/** A folder's entries. */
struct listing {
	struct entry *all;
	size_t n, room;
	struct buf names;
};

static void listing_done(struct listing *l)
{
	free(l->all);
	buf_done(&l->names);
}

static const char *name_of(const struct listing *l, size_t i)
{
	return l->names.data + l->all[i].name;
}

static int compare_entries(const void *a, const void *b, void *names)
{
	return strcmp((const char *)names + ((const struct entry *)a)->name,
	              (const char *)names + ((const struct entry *)b)->name);
}

static int add_entry(struct listing *l, int fd, const struct dirent *e)
{
	struct entry found = {.name = l->names.len, .inode = e->d_ino, .is_folder = e->d_type == DT_DIR};
	struct stat st;

	if (e->d_type == DT_UNKNOWN) {
		if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return -errno;
		found.is_folder = S_ISDIR(st.st_mode);
	}
	if (l->n == l->room) {
		l->room = l->room == 0 ? 64 : l->room * 2;
		l->all = mem_resize(l->all, l->room, sizeof(*l->all));
	}
	l->all[l->n++] = found;
	return buf_add(&l->names, e->d_name, strlen(e->d_name) + 1);
}

/** Return: 0 and *ret, to be released with listing_done(), or a negative errno. */
static int list_folder(int fd, struct listing *ret)
{
	struct listing l = {0};
	int rc = 0, own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	buf_init(&l.names, LISTING_MAX_BYTES);
	DIR *dir = own >= 0 ? fdopendir(own) : NULL;
	if (dir == NULL)
		return -errno;
	errno = 0;
	for (const struct dirent *e = readdir(dir); e != NULL && rc == 0; e = readdir(dir)) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			rc = add_entry(&l, own, e);
		errno = 0;
	}
	if (rc == 0)
		rc = -errno; /* of reading */
	(void)closedir(dir);
	if (rc < 0) {
		listing_done(&l);
		return rc;
	}
	*ret = l;
	return 0;
}

static void sort(struct listing *l)
{
	if (l->n > 1)
		qsort_r(l->all, l->n, sizeof(*l->all), compare_entries, l->names.data);
}

/** Whether both have the same names in the same order. */
static bool are_alike(const struct listing *a, const struct listing *b)
{
	return a->names.len == b->names.len && a->n == b->n &&
	       (a->n == 0 || memcmp(a->names.data, b->names.data, a->names.len) == 0);
}

static int open_folder(int fd, const char *name)
{
	int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return below < 0 ? -errno : below;
}

/** Remove all that is in the folder. */
static int empty_folder(int fd, unsigned depth, uint64_t *n_removed)
{
	struct listing l = {0};
	int rc = depth < REMOVE_DEPTH_MAX ? list_folder(fd, &l) : -ELOOP;

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < l.n && rc == 0; i++) {
		const char *name = name_of(&l, i);
		if (l.all[i].is_folder) {
			int below = open_folder(fd, name);
			rc = below < 0 ? below : empty_folder(below, depth + 1, n_removed);
			if (below >= 0)
				(void)close(below);
		}
		if (rc == 0 && unlinkat(fd, name, l.all[i].is_folder ? AT_REMOVEDIR : 0) < 0)
			rc = -errno;
		*n_removed += rc == 0 && !l.all[i].is_folder;
	}
	listing_done(&l);
	return rc;
}

static int remove_entry(int dir_fd, const char *name, uint64_t *n_removed)
{
	if (unlinkat(dir_fd, name, 0) == 0) {
		++*n_removed;
		return 0;
	}
	if (errno == ENOENT)
		return 0;
	int rc = -errno, fd = open_folder(dir_fd, name);
	if (fd < 0)
		return fd == -ENOTDIR ? rc : fd;
	rc = empty_folder(fd, 0, n_removed);
	(void)close(fd);
	return rc == 0 && unlinkat(dir_fd, name, AT_REMOVEDIR) < 0 ? -errno : rc;
}

int farm_remove(int dir_fd, const char *name)
{
	uint64_t n_removed = 0;

	return remove_entry(dir_fd, name, &n_removed);
}

struct farm {
	const atomic_bool *is_cancelled;
	struct farm_counts counts;
};

static int update_folder(struct farm *f, int from, int to, unsigned depth);

/** Make or update the folder @name of @to. */
static int take_folder(struct farm *f, int from, int to, const char *name, unsigned depth)
{
	if (mkdirat(to, name, 0755) < 0 && errno != EEXIST)
		return -errno;
	int from_below = open_folder(from, name);
	if (from_below < 0)
		return from_below;
	int to_below = open_folder(to, name);
	int rc = to_below < 0 ? to_below : update_folder(f, from_below, to_below, depth + 1);
	if (to_below >= 0)
		(void)close(to_below);
	(void)close(from_below);
	return rc;
}

static int take_file(struct farm *f, int from, int to, const char *name)
{
	f->counts.linked++;
	return linkat(from, name, to, name, 0) < 0 ? -errno : 0;
}

/** Which of two listings has the name that comes first, where each is: as strcmp(); what is at its end comes last. */
static int compare_at(const struct listing *a, size_t i, const struct listing *b, size_t k)
{
	if (i == a->n)
		return 1;
	return k == b->n ? -1 : strcmp(name_of(a, i), name_of(b, k));
}

/** Go through both listings, which are sorted, or alike. */
static int merge(struct farm *f, int from, int to, const struct listing *wanted, const struct listing *there)
{
	size_t w = 0, t = 0;
	int rc = 0;

	while (rc == 0 && (w < wanted->n || t < there->n)) {
		int order = compare_at(wanted, w, there, t);
		bool is_same = order == 0 && wanted->all[w].is_folder == there->all[t].is_folder &&
		               (wanted->all[w].is_folder || wanted->all[w].inode == there->all[t].inode);
		if (is_same)
			f->counts.kept += !wanted->all[w].is_folder;
		else if (order >= 0)
			rc = remove_entry(to, name_of(there, t), &f->counts.removed);
		if (rc == 0 && order <= 0 && !is_same && !wanted->all[w].is_folder) /* folders follow */
			rc = take_file(f, from, to, name_of(wanted, w));
		w += order <= 0;
		t += order >= 0;
	}
	return rc;
}

/** The time of a folder is what listing pages show. */
static int copy_time(int from, int to)
{
	struct stat st;

	if (fstat(from, &st) < 0)
		return -errno;
	return futimens(to, (struct timespec[]){st.st_mtim, st.st_mtim}) < 0 ? -errno : 0;
}

static int update_folder(struct farm *f, int from, int to, unsigned depth)
{
	struct listing wanted = {0}, there = {0};

	if (depth > TREE_DEPTH_MAX)
		return -ELOOP;
	if (f->is_cancelled != NULL && atomic_load_explicit(f->is_cancelled, memory_order_relaxed))
		return -ECANCELED;
	int rc = list_folder(from, &wanted);
	if (rc < 0)
		return rc;
	rc = list_folder(to, &there);
	if (rc == 0) {
		if (!are_alike(&wanted, &there)) { /* most are: file systems have an order of their own */
			sort(&wanted);
			sort(&there);
		}
		rc = merge(f, from, to, &wanted, &there);
		listing_done(&there);
	}
	for (size_t i = 0; i < wanted.n && rc == 0; i++)
		if (wanted.all[i].is_folder)
			rc = take_folder(f, from, to, name_of(&wanted, i), depth);
	listing_done(&wanted);
	return rc < 0 ? rc : copy_time(from, to);
}

int farm_update(int from, int to, const atomic_bool *is_cancelled, struct farm_counts *ret)
{
	struct farm f = {.is_cancelled = is_cancelled};
	int rc = update_folder(&f, from, to, 0);

	*ret = f.counts;
	return rc;
}

/** Whether both names of the folder are one file, and its listing says so. */
static int compare_links(int dir_fd, const char *name, const char *other)
{
	struct listing l = {0};
	struct stat st;
	unsigned n = 0;

	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	int rc = list_folder(dir_fd, &l);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < l.n; i++)
		if (strcmp(name_of(&l, i), name) == 0 || strcmp(name_of(&l, i), other) == 0)
			n += l.all[i].inode == st.st_ino;
	listing_done(&l);
	return n == 2 ? 0 : -EOPNOTSUPP;
}

/** Return: -EOPNOTSUPP where there are no hard links; another negative errno may not come back. */
static int link_error(int error)
{
	return error == EPERM || error == ENOSYS || error == EXDEV || error == EMLINK ? -EOPNOTSUPP : -error;
}

int farm_probe(int dir_fd)
{
	static const char name[] = ".probe", other[] = ".probe-link";

	(void)unlinkat(dir_fd, other, 0); /* of a probe that was cut off */
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	(void)close(fd);
	int rc = linkat(dir_fd, name, dir_fd, other, 0) < 0 ? link_error(errno) : compare_links(dir_fd, name, other);
	(void)unlinkat(dir_fd, other, 0);
	(void)unlinkat(dir_fd, name, 0);
	return rc;
}
