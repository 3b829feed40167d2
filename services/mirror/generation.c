/* SPDX-License-Identifier: MIT */
#include "mirror/generation.h"

#include "mirror/listed.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER  "generations"
#define MAKING  GENERATION_MAKING
#define GOING   GENERATION_GOING
#define CURRENT "current"
#define BEFORE  "before-"
#define WAITING ".current.new"

char *generation_path(uint64_t n, char ret[GENERATION_PATH_MAX])
{
	(void)snprintf(ret, GENERATION_PATH_MAX, FOLDER "/%" PRIu64, n);
	return ret;
}

/** The number that @name is, without anything else; 0: it is none. */
static uint64_t number_of(const char *name)
{
	uint64_t n;

	return name[0] != '0' && listed_number(name, strlen(name), &n) == 0 ? n : 0;
}

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int generation_list(int fd, uint64_t ret[GENERATIONS_MAX])
{
	int n = 0, folder = openat(fd, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return errno == ENOENT ? 0 : -errno;
	DIR *dir = fdopendir(folder);
	if (dir == NULL) {
		int rc = -errno;
		(void)close(folder);
		return rc;
	}
	for (const struct dirent *e = readdir(dir); e != NULL && n < GENERATIONS_MAX; e = readdir(dir)) {
		uint64_t number = number_of(e->d_name);
		if (number > 0)
			ret[n++] = number;
	}
	(void)closedir(dir);
	qsort(ret, (size_t)n, sizeof(*ret), compare_numbers);
	return n;
}

int generation_current(int fd, uint64_t *ret)
{
	char target[GENERATION_PATH_MAX];
	ssize_t len = readlinkat(fd, CURRENT, target, sizeof(target) - 1);

	if (len < 0)
		return -errno;
	target[len] = '\0';
	if (strcmp(target, GENERATION_TREE) == 0)
		return -ENOENT;
	uint64_t n = strncmp(target, FOLDER "/", strlen(FOLDER "/")) == 0 ? number_of(target + strlen(FOLDER "/")) : 0;
	if (n == 0)
		return -EINVAL;
	*ret = n;
	return 0;
}

size_t generation_due(const uint64_t *all, size_t n_all, uint64_t current, size_t keep, uint64_t ret[GENERATIONS_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < n_all && n_all - i > keep; i++)
		if (all[i] != current)
			ret[n++] = all[i];
	return n;
}

/** What is due now. Return: how many, or a negative errno; *ret_newest: the greatest number in use. */
static int find_due(int fd, size_t keep, uint64_t ret[GENERATIONS_MAX], uint64_t *ret_newest)
{
	uint64_t all[GENERATIONS_MAX] = {0}, current = 0;
	int n = generation_list(fd, all), rc = generation_current(fd, &current);

	if (n < 0 || (rc < 0 && rc != -ENOENT))
		return n < 0 ? n : rc;
	*ret_newest = n > 0 && all[n - 1] > current ? all[n - 1] : current;
	return (int)generation_due(all, (size_t)n, current, keep, ret);
}

static int rename_in(int fd, const char *from, const char *to)
{
	return renameat(fd, from, fd, to) < 0 ? -errno : 0;
}

static bool is_there(int fd, const char *path)
{
	struct stat st;

	return fstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/** The folder to make a generation in: what was begun, or one that is due, or a new one. */
static int begin_making(int fd, const uint64_t *due, int n_due)
{
	char path[GENERATION_PATH_MAX];

	if (mkdirat(fd, FOLDER, 0755) < 0 && errno != EEXIST)
		return -errno;
	if (is_there(fd, MAKING))
		return 0;
	if (n_due > 0)
		return rename_in(fd, generation_path(due[0], path), MAKING);
	return mkdirat(fd, MAKING, 0755) < 0 ? -errno : 0;
}

static int fill(int fd, const atomic_bool *is_cancelled, struct farm_counts *ret)
{
	int from = openat(fd, GENERATION_WORK, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (from < 0)
		return -errno;
	int to = openat(fd, MAKING, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = to < 0 ? -errno : farm_update(from, to, is_cancelled, ret);
	if (to >= 0)
		(void)close(to);
	(void)close(from);
	return rc;
}

int generation_fill(int fd, size_t keep, const atomic_bool *is_cancelled, struct farm_counts *ret_counts)
{
	uint64_t due[GENERATIONS_MAX], newest;

	assert(keep >= 1);
	int n_due = find_due(fd, keep - 1, due, &newest); /* the new one stays too */
	if (n_due < 0)
		return n_due;
	int rc = begin_making(fd, due, n_due);
	return rc == 0 ? fill(fd, is_cancelled, ret_counts) : rc;
}

int generation_number(int fd, uint64_t *ret)
{
	uint64_t due[GENERATIONS_MAX], newest;
	char path[GENERATION_PATH_MAX];
	int rc = find_due(fd, GENERATIONS_MAX, due, &newest);

	if (rc >= 0)
		rc = syncfs(fd) < 0 ? -errno : rename_in(fd, MAKING, generation_path(newest + 1, path));
	if (rc == 0)
		*ret = newest + 1;
	return rc;
}

/** Have @name lead to generation @n, in one step. */
static int lead(int fd, const char *name, uint64_t n)
{
	char path[GENERATION_PATH_MAX];

	(void)unlinkat(fd, WAITING, 0); /* of one that was cut off */
	if (symlinkat(generation_path(n, path), fd, WAITING) < 0)
		return -errno;
	return rename_in(fd, WAITING, name);
}

/** The farthest first: so none is out of reach while they move on by one. */
static int lead_to_others(int fd, uint64_t n)
{
	uint64_t all[GENERATIONS_MAX] = {0}, others[GENERATIONS_MAX];
	char name[GENERATION_PATH_MAX];
	int n_all = generation_list(fd, all), n_others = 0, rc = n_all < 0 ? n_all : 0;

	for (int i = n_all; i-- > 0;)
		if (all[i] != n)
			others[n_others++] = all[i];
	for (int i = n_others; i-- > 0 && rc == 0;) {
		(void)snprintf(name, sizeof(name), BEFORE "%d", i + 1);
		rc = lead(fd, name, others[i]);
	}
	return rc;
}

int generation_publish(int fd, uint64_t n)
{
	char path[GENERATION_PATH_MAX];

	if (!is_there(fd, generation_path(n, path)))
		return -ENOENT;
	int rc = lead_to_others(fd, n);
	if (rc == 0)
		rc = lead(fd, CURRENT, n);
	return rc == 0 && fsync(fd) < 0 ? -errno : rc;
}

int generation_remove_old(int fd, size_t keep)
{
	uint64_t due[GENERATIONS_MAX], newest;
	char path[GENERATION_PATH_MAX];
	int n_due = find_due(fd, keep, due, &newest);
	int rc = n_due < 0 ? n_due : farm_remove(fd, GOING);

	for (int i = 0; i < n_due && rc == 0; i++) {
		rc = rename_in(fd, generation_path(due[i], path), GOING); /* half of one must not have a number */
		if (rc == 0)
			rc = farm_remove(fd, GOING);
	}
	return rc;
}
