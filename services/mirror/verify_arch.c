/*
 * Arch Linux: lastsync and lastupdate say when, in Unix seconds; REPO.db.tar.* beside the packages names
 * them, a text for each (NAME-VERSION/desc): a line %FIELD%, lines of its value, and a blank one.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/tar.h"
#include "mirror/verify.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum {
	DATABASE_MAX_BYTES = 1 << 30, /* unpacked */
	DESCRIPTION_MAX_BYTES = 1 << 20,
	TIME_MAX_BYTES = 64,
};

/** The first line of the field's value in @text; its length, 0: it has none. */
static size_t value_of(const char *text, const char *field, const char **ret)
{
	size_t n = strlen(field);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, field, n) == 0 && line[n] == '\n') {
			*ret = line + n + 1;
			return strcspn(*ret, "\n");
		}
	}
	return 0;
}

static int check_package(struct verify *v, const char *database, const char *text)
{
	char folder[TREE_PATH_MAX], name[TREE_PATH_MAX], path[TREE_PATH_MAX];
	struct listed f = {.path = path};
	const char *value;
	size_t len = value_of(text, "%FILENAME%", &value);
	bool is_good = len > 0 && len < sizeof(name);

	if (is_good) {
		memcpy(name, value, len);
		name[len] = '\0';
		verify_folder(database, folder);
		is_good = verify_join(folder, name, path);
	}
	len = value_of(text, "%CSIZE%", &value);
	if (!is_good || listed_number(value, len, &f.size) < 0) {
		verify_malformed(v, database, "describes a package without a file name or a size");
		return 0;
	}
	len = value_of(text, "%SHA256SUM%", &value);
	(void)(len > 0 && checksum_parse(CHECKSUM_SHA256, value, len, &f.checksum));
	return verify_listed(v, &f, database, false);
}

static bool is_description(const char *name)
{
	const char *slash = strchr(name, '/');

	return slash != NULL && strcmp(slash, "/desc") == 0;
}

/** What follows the archive's end shows whether it was damaged or cut off. Return: as unpack_read(). */
static int pass_to_end(struct unpack *u)
{
	char dropped[4096];
	ssize_t n;

	while ((n = unpack_read(u, dropped, sizeof(dropped))) > 0)
		;
	return (int)n;
}

/** Return: 0, -ECANCELED, or what is wrong with the archive. */
static int check_database(struct verify *v, struct tar *t, const char *path)
{
	struct buf b;
	int rc;

	buf_init(&b, DESCRIPTION_MAX_BYTES);
	while ((rc = tar_next(t)) > 0) {
		if (!is_description(t->name))
			continue;
		rc = tar_read(t, &b);
		if (rc == 0)
			rc = check_package(v, path, buf_text(&b));
		if (rc < 0)
			break;
		buf_drop(&b, b.len);
	}
	buf_done(&b);
	return rc < 0 ? rc : pass_to_end(t->from);
}

static int on_database(struct verify *v, const char *path, void *data)
{
	(void)data;
	if (strstr(path, ".db.tar") == NULL || strcmp(path + strlen(path) - 4, ".sig") == 0)
		return 0;
	int fd = tree_open_file(v->tree, path);
	if (fd < 0) {
		verify_unreadable(v, path, "the tree's own listing", fd);
		return 0;
	}
	struct tar t = {.from = unpack_open(fd, path, DATABASE_MAX_BYTES)};
	int rc = check_database(v, &t, path);
	unpack_close(t.from);
	v->n_indexes++;
	if (rc == -ECANCELED)
		return rc;
	if (rc < 0)
		verify_malformed(v, path, "is no archive, or is cut off");
	return 0;
}

static bool read_age(struct verify *v, const char *name, struct verify_age *ret)
{
	struct buf b;
	uint64_t at = 0;

	buf_init(&b, TIME_MAX_BYTES);
	bool is_read = verify_read(v, name, &b);
	if (is_read) {
		const char *text = buf_text(&b);
		is_read = listed_number(text, strcspn(text, " \r\n"), &at) == 0;
		if (!is_read)
			verify_malformed(v, name, "is no time in Unix seconds");
	}
	buf_done(&b);
	ret->date = (int64_t)at;
	return is_read;
}

/** lastsync or lastupdate, if it is there. */
static void check_time(struct verify *v, const char *name)
{
	struct verify_age age;
	struct stat st;

	if (tree_stat(v->tree, name, &st) != -ENOENT && read_age(v, name, &age) && age.date > v->date)
		v->date = age.date;
}

int verify_arch(struct verify *v)
{
	check_time(v, "lastupdate");
	check_time(v, "lastsync");
	verify_follows(v, "lastupdate", read_age); /* mirrors fetch at other times: lastsync says that */
	return verify_walk(v, &(struct verify_walk){"", "", "", on_database, NULL});
}
