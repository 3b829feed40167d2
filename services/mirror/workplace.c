/* SPDX-License-Identifier: MIT */
#include "mirror/workplace.h"

#include "base/buf.h"
#include "mirror/debian_trace.h"
#include "mirror/farm.h"
#include "mirror/generation.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	PROBE_MAX_BYTES = 2 << 20,
	RSYNC_MARK_LEN = 6,
	FOLDERS_OPEN_MAX = 64,
};

static const char *const names[WORKPLACE_FILES] = {
	[WORKPLACE_LOCK] = "lock",
	[WORKPLACE_WORK] = "work",
	[WORKPLACE_CURRENT] = "current",
	[WORKPLACE_TREE] = "tree",
	[WORKPLACE_GENERATIONS] = "generations",
	[WORKPLACE_PRUNED] = GENERATION_GOING,
	[WORKPLACE_NOTHING] = "run/nothing",
	[WORKPLACE_PROBE] = "run/probe",
	[WORKPLACE_PRINTED] = "run/printed",
	[WORKPLACE_COMING] = "run/coming",
	[WORKPLACE_GOING] = "run/going",
};

static bool join(const char *folder, const char *name, char ret[PATH_MAX])
{
	int n = snprintf(ret, PATH_MAX, "%s/%s", folder, name);

	return n > 0 && n < PATH_MAX;
}

int workplace_init(struct workplace *w, const char *folder)
{
	bool fits = join(folder, "run/dirty", w->dirty);

	for (size_t i = 0; i < WORKPLACE_FILES; i++)
		fits = join(folder, names[i], w->paths[i]) && fits;
	return fits ? 0 : -ENAMETOOLONG;
}

static int make_folder(const char *path)
{
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

/** The folder that has @path. */
static void folder_of(const char *path, char ret[PATH_MAX])
{
	(void)snprintf(ret, PATH_MAX, "%.*s", (int)(strrchr(path, '/') - path), path);
}

int workplace_prepare(const struct workplace *w)
{
	static const enum workplace_file folders[] = {WORKPLACE_WORK, WORKPLACE_NOTHING};
	static const enum workplace_file files[] = {WORKPLACE_PROBE, WORKPLACE_PRINTED, WORKPLACE_COMING,
	                                            WORKPLACE_GOING};
	char folder[PATH_MAX];
	int rc = 0;

	folder_of(w->paths[WORKPLACE_WORK], folder);
	rc = make_folder(folder);
	folder_of(w->dirty, folder);
	if (rc == 0)
		rc = make_folder(folder);
	if (rc == 0)
		rc = farm_remove(AT_FDCWD, w->paths[WORKPLACE_PRUNED]);
	for (size_t i = 0; rc == 0 && i < sizeof(folders) / sizeof(*folders); i++)
		rc = make_folder(w->paths[folders[i]]);
	for (size_t i = 0; rc == 0 && i < sizeof(files) / sizeof(*files); i++)
		if (unlink(w->paths[files[i]]) < 0 && errno != ENOENT)
			rc = -errno;
	return rc;
}

/** For nftw(3): whether rsync calls so what it has begun of a file, ".NAME.XXXXXX", and if so it goes. */
static int drop_begun(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	const char *name = path + at->base, *dot = strrchr(name, '.');

	(void)st;
	if (kind != FTW_F || name[0] != '.' || dot == name || strlen(dot + 1) != RSYNC_MARK_LEN)
		return 0;
	return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

int workplace_drop_begun(const struct workplace *w)
{
	return nftw(w->paths[WORKPLACE_WORK], drop_begun, FOLDERS_OPEN_MAX, FTW_PHYS);
}

int workplace_restore(const struct workplace *w)
{
	struct farm_counts counts;
	int from = open(w->paths[WORKPLACE_CURRENT], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	int to = open(w->paths[WORKPLACE_WORK], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = to < 0 ? -errno : farm_update(from, to, NULL, &counts);

	if (to >= 0)
		(void)close(to);
	(void)close(from);
	return rc;
}

int workplace_clear_work(const struct workplace *w)
{
	int rc = farm_remove(AT_FDCWD, w->paths[WORKPLACE_WORK]);

	return rc < 0 ? rc : make_folder(w->paths[WORKPLACE_WORK]);
}

/** Have the folder of the mark on the disk as it is. */
static int sync_folder(const struct workplace *w)
{
	char folder[PATH_MAX];
	int rc = 0;

	folder_of(w->dirty, folder);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		rc = -errno;
	(void)close(fd);
	return rc;
}

int workplace_set_dirty(const struct workplace *w)
{
	int fd = open(w->dirty, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	(void)close(fd);
	return sync_folder(w);
}

int workplace_set_clean(const struct workplace *w)
{
	return unlink(w->dirty) < 0 && errno != ENOENT ? -errno : sync_folder(w);
}

bool workplace_is_dirty(const struct workplace *w)
{
	return access(w->dirty, F_OK) == 0;
}

bool workplace_has_current(const struct workplace *w)
{
	struct stat st;

	return stat(w->paths[WORKPLACE_CURRENT], &st) == 0 && S_ISDIR(st.st_mode);
}

bool workplace_has_tree(const struct workplace *w)
{
	char target[8];
	ssize_t len = readlink(w->paths[WORKPLACE_CURRENT], target, sizeof(target));

	return len == 4 && memcmp(target, names[WORKPLACE_TREE], 4) == 0 && workplace_has_current(w);
}

int workplace_can_farm(const struct workplace *w)
{
	struct stat work, farms;
	int rc = make_folder(w->paths[WORKPLACE_GENERATIONS]);
	int fd = rc < 0 ? rc : open(w->paths[WORKPLACE_GENERATIONS], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (rc < 0)
		return rc;
	if (fd < 0 || fstat(fd, &farms) < 0 || stat(w->paths[WORKPLACE_WORK], &work) < 0)
		rc = -errno;
	else
		rc = work.st_dev == farms.st_dev ? farm_probe(fd) : -EOPNOTSUPP;
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

int workplace_compare(const struct workplace *w, const char *name, struct workplace_probe *ret)
{
	struct workplace_probe p = {.is_same = false};
	struct buf here, there;
	char path[PATH_MAX];

	if (!join(w->paths[WORKPLACE_CURRENT], name, path))
		return -ENAMETOOLONG;
	buf_init(&here, PROBE_MAX_BYTES);
	buf_init(&there, PROBE_MAX_BYTES);
	int rc = buf_add_file(&there, w->paths[WORKPLACE_PROBE]);
	bool is_here = rc == 0 && buf_add_file(&here, path) == 0; /* or it is new, or nothing is published */
	if (is_here && here.len == there.len && here.len > 0)
		p.is_same = memcmp(here.data, there.data, here.len) == 0;
	if (is_here && here.len > 0)
		(void)debian_trace_serial(here.data, &p.serial_here); /* or it says none */
	if (rc == 0 && there.len > 0)
		(void)debian_trace_serial(there.data, &p.serial_there);
	buf_done(&here);
	buf_done(&there);
	if (rc == 0)
		*ret = p;
	return rc;
}

int workplace_list(const struct workplace *w, const char *sentinel, struct listing *ret)
{
	struct listing_files files = {
		.from = w->paths[WORKPLACE_PRINTED],
		.coming = w->paths[WORKPLACE_COMING],
		.going = w->paths[WORKPLACE_GOING],
		.sentinel = sentinel,
	};

	return listing_read(&files, ret);
}

int workplace_space(const struct workplace *w, uint64_t *ret_free, uint64_t *ret_size)
{
	struct statvfs s;

	if (statvfs(w->paths[WORKPLACE_WORK], &s) < 0)
		return -errno;
	*ret_free = (uint64_t)s.f_bavail * s.f_frsize;
	*ret_size = (uint64_t)s.f_blocks * s.f_frsize;
	return 0;
}
