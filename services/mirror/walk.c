/* SPDX-License-Identifier: MIT */
#include "mirror/walk.h"

#include "mirror/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int walk_below(const struct walk *w, int fd, const char *path, unsigned depth);

static int walk_entry(const struct walk *w, int fd, const char *name, const char *path, unsigned depth)
{
	struct stat st;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return w->on_entry(w->data, path, NULL, -errno);
	int rc = w->on_entry(w->data, path, &st, 0);
	if (rc < 0 || !S_ISDIR(st.st_mode))
		return rc;
	int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return below < 0 ? w->on_entry(w->data, path, NULL, -errno) : walk_below(w, below, path, depth + 1);
}

/** It takes @fd; @path is "" for the top. */
static int walk_below(const struct walk *w, int fd, const char *path, unsigned depth)
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
		if (w->is_cancelled != NULL && atomic_load_explicit(w->is_cancelled, memory_order_relaxed))
			rc = -ECANCELED;
		else if (depth >= TREE_DEPTH_MAX || strlen(entry) >= TREE_PATH_MAX)
			rc = w->on_entry(w->data, path, NULL, -ENAMETOOLONG);
		else
			rc = walk_entry(w, fd, e->d_name, entry, depth);
	}
	(void)closedir(dir);
	return rc;
}

int walk_folder(int fd, const struct walk *w)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return own < 0 ? -errno : walk_below(w, own, "", 0);
}
