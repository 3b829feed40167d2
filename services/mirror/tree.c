/* SPDX-License-Identifier: MIT */
#include "mirror/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ATTEMPTS_MAX = 16 }; /* a rename elsewhere in the file system disturbs RESOLVE_BENEATH */

const char *const tree_kind_names[TREE_KINDS] = {
	[TREE_DEBIAN] = "debian",
	[TREE_RPM] = "rpm",
	[TREE_ARCH] = "arch",
	[TREE_FILES] = "files",
	[TREE_OSM] = "osm-planet",
};

static int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int tree_open(const char *path, const char *below, struct tree *ret)
{
	struct tree t = {.below_fd = -1};

	t.fd = open_folder(path);
	if (t.fd < 0)
		return t.fd;
	if (below != NULL) {
		t.below_fd = open_folder(below);
		if (t.below_fd < 0) {
			(void)close(t.fd);
			return t.below_fd;
		}
	}
	*ret = t;
	return 0;
}

void tree_close(struct tree *t)
{
	(void)close(t->fd);
	if (t->below_fd >= 0)
		(void)close(t->below_fd);
}

bool tree_path_is_safe(const char *path)
{
	if (strlen(path) >= TREE_PATH_MAX)
		return false;
	while (true) {
		size_t len = strcspn(path, "/");
		if (len == 0 || (len == 1 && path[0] == '.') || (len == 2 && memcmp(path, "..", 2) == 0))
			return false;
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

int tree_open_below(int dir_fd, const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC),
	                       .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};

	for (unsigned i = 0; i < ATTEMPTS_MAX; i++) {
		long fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

static int compare_names(const void *wanted, const void *there)
{
	return strcmp(wanted, *(const char *const *)there);
}

static bool is_gone(const struct tree *t, const char *path)
{
	return t->n_gone > 0 &&
	       bsearch(path, (const void *)t->gone, t->n_gone, sizeof(*t->gone), compare_names) != NULL;
}

bool tree_hides(const struct tree *t, const char *path)
{
	struct stat st;

	return is_gone(t, path) || fstatat(t->fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int open_in(const struct tree *t, const char *path, int flags)
{
	int fd = tree_open_below(t->fd, path, flags);
	if (fd != -ENOENT || t->below_fd < 0 || is_gone(t, path))
		return fd;
	return tree_open_below(t->below_fd, path, flags);
}

int tree_stat(const struct tree *t, const char *path, struct stat *ret)
{
	int fd = open_in(t, path, O_PATH);
	if (fd < 0)
		return fd;
	int rc = fstat(fd, ret) < 0 ? -errno : 0;
	(void)close(fd);
	return rc;
}

int tree_open_file(const struct tree *t, const char *path)
{
	struct stat st;
	int fd = open_in(t, path, O_RDONLY | O_NONBLOCK | O_NOCTTY); /* a pipe must not make us wait */

	if (fd < 0)
		return fd;
	int rc = fstat(fd, &st) < 0 ? -errno : 0;
	if (rc == 0 && !S_ISREG(st.st_mode))
		rc = -EINVAL;
	if (rc == 0)
		return fd;
	(void)close(fd);
	return rc;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int tree_put(int dir_fd, const char *name, const char *text, size_t len)
{
	static const char waiting[] = ".put.new";

	(void)unlinkat(dir_fd, waiting, 0); /* of one that was cut off */
	int fd = openat(dir_fd, waiting, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	int rc = write_all(fd, text, len);
	if (rc == 0 && renameat(dir_fd, waiting, dir_fd, name) < 0)
		rc = -errno;
	(void)close(fd);
	if (rc < 0)
		(void)unlinkat(dir_fd, waiting, 0);
	return rc;
}

int tree_read(const struct tree *t, const char *path, struct buf *b)
{
	char chunk[16384];
	size_t len_before = b->len;
	int rc = 0;

	int fd = tree_open_file(t, path);
	if (fd < 0)
		return fd;
	ssize_t n;
	while (rc == 0 && (n = read(fd, chunk, sizeof(chunk))) != 0)
		rc = n < 0 ? -errno : buf_add(b, chunk, (size_t)n);
	if (rc < 0)
		b->len = len_before;
	(void)close(fd);
	return rc;
}
