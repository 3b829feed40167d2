/* Files that appear together. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/fileset.h"

#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void fileset_init(struct fileset *s, const char *dir)
{
	*s = (struct fileset){.dir = dir};
}

void fileset_take(struct fileset *s, const char *name, char *text)
{
	assert(s->n < FILESET_MAX);
	s->files[s->n].path = mem_printf("%s/%s", s->dir, name);
	s->files[s->n].text = text;
	s->n++;
}

void fileset_done(struct fileset *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->files[i].path);
		free(s->files[i].text);
	}
	s->n = 0;
}

static int make_folder(const char *path)
{
	return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int make_folder_of(const char *path)
{
	char *folder = mem_strdup(path);

	*strrchr(folder, '/') = '\0';
	int rc = make_folder(folder);
	free(folder);
	return rc;
}

static int write_all(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len > 0) {
		ssize_t n = write(fd, text, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		len -= (size_t)n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		return -errno;
	int rc = write_all(fd, text);
	(void)close(fd);
	return rc;
}

/** "PATH.new": where a file waits for the others. Release with free(). */
static char *waiting_path(const char *path)
{
	return mem_printf("%s.new", path);
}

static int prepare(const char *path, const char *text)
{
	char *waiting = waiting_path(path);

	int rc = make_folder_of(path);
	if (rc == 0)
		rc = write_file(waiting, text);
	if (rc < 0)
		log_error("%s: %s", waiting, strerror(-rc));
	free(waiting);
	return rc;
}

static int put_in_place(const char *path, const char *text)
{
	char *waiting = waiting_path(path);
	int rc = 0;

	if (text == NULL)
		(void)unlink(path);
	else if (rename(waiting, path) < 0)
		rc = -errno;
	if (rc < 0) {
		log_error("%s: %s", path, strerror(-rc));
		(void)unlink(waiting);
	}
	free(waiting);
	return rc;
}

static void forget(const char *path)
{
	char *waiting = waiting_path(path);

	(void)unlink(waiting);
	free(waiting);
}

int fileset_write(const struct fileset *s)
{
	int rc = make_folder(s->dir);

	if (rc < 0)
		log_error("%s: %s", s->dir, strerror(-rc));
	for (size_t i = 0; i < s->n && rc == 0; i++)
		if (s->files[i].text != NULL)
			rc = prepare(s->files[i].path, s->files[i].text);
	for (size_t i = 0; i < s->n; i++)
		if (rc == 0)
			rc = put_in_place(s->files[i].path, s->files[i].text);
		else
			forget(s->files[i].path);
	return rc;
}

void fileset_remove(const struct fileset *s)
{
	for (size_t i = 0; i < s->n; i++) {
		char *folder = mem_strdup(s->files[i].path);
		(void)unlink(s->files[i].path);
		*strrchr(folder, '/') = '\0';
		(void)rmdir(folder); /* the last one succeeds */
		free(folder);
	}
	(void)rmdir(s->dir);
}
