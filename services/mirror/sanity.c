/* SPDX-License-Identifier: MIT */
#include "mirror/sanity.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	READABLE = 0444,
	SEARCHABLE = 0555,
	POWERS = S_ISUID | S_ISGID | S_ISVTX,
};

struct check {
	int top;
	const atomic_bool *is_cancelled;
	struct findings *findings;
	struct sanity_counts counts;
};

/** Where the link leads to, as the kernel sees it: its parts may be links too. */
static void check_link(struct check *c, const char *path)
{
	int fd = tree_open_below(c->top, path, O_PATH);

	c->counts.links++;
	if (fd >= 0)
		(void)close(fd);
	else if (fd == -EXDEV || fd == -ELOOP)
		findings_add(c->findings, FINDING_UNSAFE, path, "is a link out of the tree, or to itself");
	else if (fd != -ENOENT && fd != -ENOTDIR) /* a link to nothing harms nobody */
		findings_add(c->findings, FINDING_UNREADABLE, path, "%s", strerror(-fd));
}

static void check_mode(struct check *c, const char *path, mode_t mode, mode_t needed)
{
	if ((mode & POWERS) != 0 && !S_ISDIR(mode))
		findings_add(c->findings, FINDING_UNSAFE, path, "gives rights to who runs it: mode %04o",
		             mode & 07777U);
	if ((mode & needed) != needed)
		findings_add(c->findings, FINDING_UNREADABLE, path, "may not be read by everyone: mode %04o",
		             mode & 07777U);
}

static int check_folder(struct check *c, int fd, const char *path, unsigned depth);

static int open_and_check(struct check *c, int fd, const char *name, const char *path, unsigned depth)
{
	int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	c->counts.folders++;
	if (below >= 0)
		return check_folder(c, below, path, depth + 1);
	findings_add(c->findings, FINDING_UNREADABLE, path, "%s", strerror(errno));
	return 0;
}

static int check_entry(struct check *c, int fd, const char *name, const char *path, unsigned depth)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		findings_add(c->findings, FINDING_UNREADABLE, path, "%s", strerror(errno));
	} else if (S_ISDIR(st.st_mode)) {
		check_mode(c, path, st.st_mode, SEARCHABLE);
		return open_and_check(c, fd, name, path, depth);
	} else if (S_ISREG(st.st_mode)) {
		check_mode(c, path, st.st_mode, READABLE);
		c->counts.files++;
		c->counts.bytes += (uint64_t)st.st_size;
	} else if (S_ISLNK(st.st_mode)) {
		check_link(c, path);
	} else {
		findings_add(c->findings, FINDING_UNSAFE, path, "is a device, a socket or a pipe");
	}
	return 0;
}

/** It takes @fd; @path is "" for the tree's own. */
static int check_folder(struct check *c, int fd, const char *path, unsigned depth)
{
	char entry[2 * TREE_PATH_MAX];
	int rc = 0;

	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		(void)close(fd);
		return -ENOMEM;
	}
	for (const struct dirent *e = readdir(dir); e != NULL && rc == 0; e = readdir(dir)) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		(void)snprintf(entry, sizeof(entry), "%s%s%s", path, path[0] != '\0' ? "/" : "", e->d_name);
		if (c->is_cancelled != NULL && atomic_load_explicit(c->is_cancelled, memory_order_relaxed))
			rc = -ECANCELED;
		else if (depth >= TREE_DEPTH_MAX || strlen(entry) >= TREE_PATH_MAX)
			findings_add(c->findings, FINDING_UNSAFE, path, "has something too deep within it");
		else
			rc = check_entry(c, fd, e->d_name, entry, depth);
	}
	(void)closedir(dir);
	return rc;
}

int sanity_check(int fd, const atomic_bool *is_cancelled, struct findings *f, struct sanity_counts *ret)
{
	struct check c = {.top = fd, .is_cancelled = is_cancelled, .findings = f};
	size_t n_before = findings_count(f);

	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (own < 0)
		return -errno;
	int rc = check_folder(&c, own, "", 0);
	*ret = c.counts;
	if (rc < 0)
		return rc;
	return findings_count(f) > n_before ? -EBADMSG : 0;
}
