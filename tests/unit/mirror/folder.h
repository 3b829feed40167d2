/* A temporary folder for a test, and the files in it. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_FOLDER_H
#define FONTAINE_TESTS_FOLDER_H

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Where the test was started: the project's folder. */
static char folder_project[4096];

/** For cmocka: *state becomes the path of a new folder, which is the working directory too. */
static inline int folder_setup(void **state)
{
	char path[] = "/tmp/mirror.XXXXXX";

	if (folder_project[0] == '\0')
		assert_non_null(getcwd(folder_project, sizeof(folder_project)));
	assert_non_null(mkdtemp(path));
	assert_int_equal(chdir(path), 0);
	*state = mem_strdup(path);
	return 0;
}

static inline int folder_on_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static inline int folder_teardown(void **state)
{
	int rc = nftw(*state, folder_on_entry, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return rc;
}

/** Make the folders around the file @path. */
static inline void folder_make_around(const char *path)
{
	char *copy = mem_strdup(path);

	for (char *slash = strchr(copy, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(copy, 0755);
		*slash = '/';
	}
	free(copy);
}

/** Write the file @path anew, never into a file that is there. */
static inline void folder_write_bytes(const char *path, const void *data, size_t len)
{
	folder_make_around(path);
	(void)unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	assert_int_equal(close(fd), 0);
}

static inline void folder_write(const char *path, const char *text)
{
	folder_write_bytes(path, text, strlen(text));
}

static inline void folder_link(const char *target, const char *path)
{
	folder_make_around(path);
	assert_int_equal(symlink(target, path), 0);
}

/** Whether the file @path has just this in it. */
static inline bool folder_has(const char *path, const char *text)
{
	char found[4096] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	ssize_t n = read(fd, found, sizeof(found) - 1);
	(void)close(fd);
	return n >= 0 && strcmp(found, text) == 0;
}

/** Run a command of the shell, which must not fail. */
static inline void folder_run(const char *command)
{
	if (system(command) != 0) /* NOLINT(cert-env33-c): of the test's own text */
		fail_msg("failed: %s", command);
}

/** Make an upstream by tests/support/upstream.py, in a folder called as its kind; @more: its other arguments. */
static inline void folder_make_upstream(const char *kind, const char *more)
{
	char command[2 * sizeof(folder_project)];

	(void)snprintf(command, sizeof(command), "python3 -B '%s/tests/support/upstream.py' %s . %s", folder_project,
	               kind, more);
	folder_run(command);
}

#endif
