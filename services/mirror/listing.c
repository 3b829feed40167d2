/* SPDX-License-Identifier: MIT */
#include "mirror/listing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ITEM_LEN = 11 }; /* of %i: "YXcstpoguax", or "*deleting  " */

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/** Undo \#ooo. Return: how long the text is then. */
static size_t unescape(char *text)
{
	char *to = text;

	for (const char *at = text; *at != '\0';) {
		if (at[0] == '\\' && at[1] == '#' && is_octal(at[2]) && is_octal(at[3]) && is_octal(at[4])) {
			*to++ = (char)((at[2] - '0') << 6 | (at[3] - '0') << 3 | (at[4] - '0'));
			at += 5;
		} else {
			*to++ = *at++;
		}
	}
	*to = '\0';
	return (size_t)(to - text);
}

/** A name without a part that is empty, "." or "..", and so nothing outside the tree. */
static bool is_inside(const char *name)
{
	while (true) {
		size_t len = strcspn(name, "/");
		if (len == 0 || (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		if (name[len] == '\0')
			return true;
		name += len + 1;
	}
}

/** The tree itself comes as "./". */
static enum listing_kind finish(char *name, struct listing_entry *e)
{
	size_t len = unescape(name);

	if (strcmp(name, "./") == 0)
		return LISTING_OTHER;
	if (len == 0 || len >= PATH_MAX || strlen(name) != len)
		return LISTING_WRONG;
	e->is_folder = name[len - 1] == '/';
	if (e->is_folder)
		name[len - 1] = '\0';
	e->name = name;
	return is_inside(name) ? e->kind : LISTING_WRONG;
}

enum listing_kind listing_parse(char *line, struct listing_entry *ret)
{
	struct listing_entry e = {.kind = LISTING_COMES};
	char *end;

	if (line[0] != '|')
		return LISTING_OTHER;
	char *item = line + 1, *bytes = item + strcspn(item, "|");
	if (*bytes != '|' || bytes - item > ITEM_LEN)
		return LISTING_WRONG;
	*bytes++ = '\0';
	errno = 0;
	e.bytes = strtoull(bytes, &end, 10);
	if (end == bytes || *end != '|' || *bytes == '-' || errno != 0)
		return LISTING_WRONG;
	if (strncmp(item, "*deleting", 9) == 0)
		e.kind = LISTING_GOES;
	else if (strlen(item) != ITEM_LEN || strchr("<>ch.", item[0]) == NULL || strchr("fdL", item[1]) == NULL)
		return LISTING_WRONG;
	e.is_new = e.kind == LISTING_COMES && item[2] == '+';
	enum listing_kind kind = finish(end + 1, &e);
	e.is_file = !e.is_folder && (e.kind == LISTING_GOES || item[1] == 'f');
	if (e.kind == LISTING_COMES && (item[0] != '>' || !e.is_file))
		e.bytes = 0; /* nothing is transferred */
	*ret = e;
	return kind;
}

/** "Number of files: 14 (reg: 6, dir: 4, link: 3)", "Total file size: 4711 bytes" */
static void read_summary(const char *line, struct listing *l)
{
	static const char files[] = "Number of files: ", size[] = "Total file size: ";
	static const char received[] = "Total bytes received: ";

	if (strncmp(line, size, sizeof(size) - 1) == 0)
		l->listed_bytes = strtoull(line + sizeof(size) - 1, NULL, 10);
	if (strncmp(line, received, sizeof(received) - 1) == 0)
		l->received_bytes = strtoull(line + sizeof(received) - 1, NULL, 10);
	if (strncmp(line, files, sizeof(files) - 1) != 0)
		return;
	const char *reg = strstr(line, "reg: ");
	l->n_listed = reg == NULL ? 0 : strtoull(reg + 5, NULL, 10);
	l->is_whole = true;
}

static bool write_name(FILE *file, const char *name)
{
	return file == NULL || fwrite(name, strlen(name) + 1, 1, file) == 1;
}

/** Return: 0, -EBADMSG, or -EIO when its name cannot be written. */
static int take_line(char *line, const char *sentinel, FILE *const out[2], struct listing *l)
{
	struct listing_entry e = {.kind = LISTING_OTHER};
	enum listing_kind kind = listing_parse(line, &e);

	if (kind == LISTING_OTHER)
		read_summary(line, l);
	if (kind == LISTING_OTHER || kind == LISTING_WRONG)
		return kind == LISTING_OTHER ? 0 : -EBADMSG;
	bool is_sentinel = sentinel != NULL && strcmp(e.name, sentinel) == 0;
	bool comes = kind == LISTING_COMES;
	l->n_coming += comes;
	l->n_going += !comes;
	l->n_files_new += comes && e.is_file && e.is_new;
	l->n_files_going += !comes && !e.is_folder;
	l->fetch_bytes += comes ? e.bytes : 0;
	l->is_sentinel_new = l->is_sentinel_new || (is_sentinel && comes);
	l->is_sentinel_going = l->is_sentinel_going || (is_sentinel && !comes);
	return write_name(out[comes ? 0 : 1], e.name) ? 0 : -EIO;
}

/** Lines until the end; what rsync says is longer than any is cut by it. */
static int read_lines(FILE *in, const char *sentinel, FILE *const out[2], struct listing *ret)
{
	static const struct listing none;
	struct listing l = none;
	char line[LISTING_LINE_MAX];
	int rc = 0;

	while (rc == 0 && fgets(line, sizeof(line), in) != NULL) {
		size_t len = strlen(line);
		if (len == 0 || line[len - 1] != '\n')
			return -EBADMSG;
		line[len - 1] = '\0';
		rc = take_line(line, sentinel, out, &l);
	}
	if (rc == 0 && ferror(in) != 0)
		rc = -EIO;
	if (rc == 0 && !l.is_whole)
		rc = -EBADMSG;
	if (rc == 0)
		*ret = l;
	return rc;
}

/** Return: 0, or why what was written is not all there. */
static int close_written(FILE *file)
{
	return file != NULL && fclose(file) != 0 ? -errno : 0;
}

static FILE *open_file(const char *path, const char *mode, int *rc)
{
	FILE *file = path == NULL || *rc < 0 ? NULL : fopen(path, mode);

	if (path != NULL && file == NULL && *rc == 0)
		*rc = -errno;
	return file;
}

int listing_read(const struct listing_files *files, struct listing *ret)
{
	int rc = 0;
	FILE *in = open_file(files->from, "re", &rc);
	FILE *const out[2] = {open_file(files->coming, "we", &rc), open_file(files->going, "we", &rc)};

	if (rc == 0)
		rc = read_lines(in, files->sentinel, out, ret);
	for (size_t i = 0; i < 2; i++) {
		int close_rc = close_written(out[i]);
		rc = rc < 0 ? rc : close_rc;
	}
	if (in != NULL)
		(void)fclose(in);
	return rc;
}

uint64_t listing_n_published(const struct listing *l)
{
	uint64_t before = l->n_listed + l->n_files_going;

	return before > l->n_files_new ? before - l->n_files_new : 0;
}
