/* SPDX-License-Identifier: MIT */
#include "mirror/cgroup.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SELF_MAX_BYTES = 64 << 10 };

/* Version 2 alone, or beside version 1. */
static const char *const roots[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};

int cgroup_of(const char *self, const char *root, char ret[PATH_MAX])
{
	while (strncmp(self, "0::/", 4) != 0) {
		self = strchr(self, '\n');
		if (self == NULL)
			return -ENOENT;
		self++;
	}
	const char *path = self + 3;
	int n = snprintf(ret, PATH_MAX, "%s%.*s", root, (int)strcspn(path, "\n"), path);
	return n > 0 && n < PATH_MAX ? 0 : -ENOENT;
}

static int find_own(char ret[PATH_MAX])
{
	char mark[PATH_MAX];
	struct buf self;
	int rc = -ENOENT;

	buf_init(&self, SELF_MAX_BYTES);
	(void)buf_add_file(&self, "/proc/self/cgroup");
	for (size_t i = 0; rc < 0 && i < sizeof(roots) / sizeof(*roots); i++) {
		(void)snprintf(mark, sizeof(mark), "%s/cgroup.controllers", roots[i]);
		if (access(mark, F_OK) == 0)
			rc = cgroup_of(buf_text(&self), roots[i], ret);
	}
	buf_done(&self);
	return rc;
}

int cgroup_make(const char *name, char ret[PATH_MAX])
{
	char own[PATH_MAX];
	int rc = find_own(own);

	if (rc < 0)
		return rc;
	size_t len = strlen(own);
	int n = snprintf(ret, PATH_MAX, "%s%s%s", own, own[len - 1] == '/' ? "" : "/", name);
	if (n < 0 || n >= PATH_MAX)
		return -ENAMETOOLONG;
	return mkdir(ret, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

int cgroup_kill(const char *folder)
{
	char path[PATH_MAX];
	int rc = 0;

	int n = snprintf(path, sizeof(path), "%s/cgroup.kill", folder);
	if (n < 0 || n >= (int)sizeof(path))
		return -ENAMETOOLONG;
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, "1", 1) < 0)
		rc = -errno;
	(void)close(fd);
	return rc;
}

bool cgroup_is_used(const char *folder)
{
	char path[PATH_MAX];
	struct buf events;

	int n = snprintf(path, sizeof(path), "%s/cgroup.events", folder);
	if (n < 0 || n >= (int)sizeof(path))
		return false;
	buf_init(&events, SELF_MAX_BYTES);
	bool is_used = buf_add_file(&events, path) == 0 && events.data != NULL &&
	               strstr(events.data, "populated 1") != NULL;
	buf_done(&events);
	return is_used;
}

int cgroup_remove(const char *folder)
{
	return rmdir(folder) < 0 && errno != ENOENT ? -errno : 0;
}
