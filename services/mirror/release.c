/* SPDX-License-Identifier: MIT */
#include "mirror/release.h"

#include "base/mem.h"
#include "mirror/deb822.h"
#include "mirror/unpack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static const char *const hash_names[CHECKSUM_KINDS] = {
	[CHECKSUM_NONE] = "",
	[CHECKSUM_MD5] = "MD5Sum",
	[CHECKSUM_SHA1] = "SHA1",
	[CHECKSUM_SHA256] = "SHA256",
	[CHECKSUM_SHA512] = "SHA512",
};

const char *release_hash_name(enum checksum_kind kind)
{
	return hash_names[kind];
}

/** The next line of the @*len bytes at @*text. Return: false when there is none. */
static bool next_line(const char **text, size_t *len, const char **ret, size_t *ret_len)
{
	if (*len == 0)
		return false;
	const char *end = memchr(*text, '\n', *len);
	*ret = *text;
	*ret_len = end != NULL ? (size_t)(end - *text) : *len;
	size_t used = *ret_len + (end != NULL);
	*text += used;
	*len -= used;
	return true;
}

static bool is_line(const char *line, size_t len, const char *wanted)
{
	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	return len == strlen(wanted) && memcmp(line, wanted, len) == 0;
}

/** Passes over the head: armour headers up to a blank line. */
static bool pass_head(const char **text, size_t *len)
{
	const char *line;
	size_t n;

	if (!next_line(text, len, &line, &n) || !is_line(line, n, "-----BEGIN PGP SIGNED MESSAGE-----"))
		return false;
	while (next_line(text, len, &line, &n))
		if (is_line(line, n, ""))
			return true;
	return false;
}

/** Whether what is left is the end of one signature and nothing more. */
static bool is_signature(const char *text, size_t len)
{
	const char *line;
	size_t n;

	while (next_line(&text, &len, &line, &n)) {
		if (is_line(line, n, "-----END PGP SIGNATURE-----"))
			return len == 0;
		if (n > 0 && line[0] == '-')
			return false;
	}
	return false;
}

int release_signed_text(const char *text, size_t len, struct buf *ret)
{
	const char *line;
	size_t n;

	if (!pass_head(&text, &len))
		return -EINVAL;
	while (next_line(&text, &len, &line, &n)) {
		if (is_line(line, n, "-----BEGIN PGP SIGNATURE-----"))
			return is_signature(text, len) ? 0 : -EINVAL;
		bool is_escaped = n >= 2 && memcmp(line, "- ", 2) == 0;
		if (n > 0 && line[0] == '-' && !is_escaped)
			return -EINVAL;
		size_t skip = is_escaped ? 2 : 0;
		if (buf_add(ret, line + skip, n - skip) < 0 || buf_add(ret, "\n", 1) < 0)
			return -EINVAL;
	}
	return -EINVAL;
}

static int month_of(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int i = 0; i < 12; i++)
		if (strncmp(names + (size_t)(3 * i), name, 3) == 0 && name[3] == '\0')
			return i;
	return -1;
}

int release_date(const char *text, size_t len, int64_t *ret)
{
	char copy[64], month[4] = "", zone[8] = "";
	struct tm tm = {0};

	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (sscanf(copy, "%*3s, %2d %3s %4d %2d:%2d:%2d %7s", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour, &tm.tm_min,
	           &tm.tm_sec, zone) != 7 ||
	    (strcmp(zone, "UTC") != 0 && strcmp(zone, "GMT") != 0 && strcmp(zone, "+0000") != 0))
		return -EINVAL;
	struct tm asked = tm;
	asked.tm_year -= 1900;
	asked.tm_mon = month_of(month);
	tm = asked;
	int64_t at = timegm(&tm);
	if (asked.tm_mon < 0 || tm.tm_mday != asked.tm_mday || tm.tm_hour != asked.tm_hour || tm.tm_min != asked.tm_min)
		return -EINVAL;
	*ret = at;
	return 0;
}

/** Which list of checksums the field begins; CHECKSUM_NONE: it is another one. */
static enum checksum_kind list_of(const struct deb822 *d)
{
	for (unsigned kind = CHECKSUM_MD5; kind < CHECKSUM_KINDS; kind++)
		if (deb822_is(d, hash_names[kind]))
			return (enum checksum_kind)kind;
	return CHECKSUM_NONE;
}

struct reader {
	struct release *r;
	enum checksum_kind list, strongest; /* of the lines that follow, of the files that are kept */
	size_t room;
	bool has_date;
	const char *wrong; /* NULL: nothing */
};

/** A line of the list: the path gets a NUL where it ends, which is in r->text. */
static void add_file(struct reader *reader, const struct deb822 *d)
{
	struct release *r = reader->r;
	struct release_file f = {0};
	const char *path;
	size_t len;

	if (reader->list < reader->strongest || reader->list == CHECKSUM_NONE)
		return;
	if (listed_read(d->value, d->value_len, reader->list, &f.listed, &path, &len) < 0) {
		reader->wrong = "a line of a list is not \"checksum size path\"";
		return;
	}
	if (r->n_files == RELEASE_FILES_MAX) {
		reader->wrong = "more files than we take";
		return;
	}
	if (r->n_files == reader->room) {
		reader->room = reader->room == 0 ? 1024 : reader->room * 2;
		r->files = mem_resize(r->files, reader->room, sizeof(*r->files));
	}
	r->text[(size_t)(path - r->text) + len] = '\0';
	f.listed.path = path;
	f.stem = unpack_stem(path);
	r->files[r->n_files++] = f;
}

static void read_field(struct reader *reader, const struct deb822 *d)
{
	struct release *r = reader->r;

	reader->list = list_of(d);
	if (reader->list > reader->strongest) {
		reader->strongest = reader->list;
		r->n_files = 0;
	}
	if (deb822_is(d, "Date")) {
		reader->has_date = true;
		if (release_date(d->value, d->value_len, &r->date) < 0)
			reader->wrong = "its Date is none";
	} else if (deb822_is(d, "Valid-Until")) {
		if (release_date(d->value, d->value_len, &r->valid_until) < 0)
			reader->wrong = "its Valid-Until is no date";
	} else if (deb822_is(d, "Acquire-By-Hash")) {
		r->has_by_hash = d->value_len == 3 && strncasecmp(d->value, "yes", 3) == 0;
	}
}

static int compare_files(const void *a, const void *b)
{
	const struct release_file *x = a, *y = b;
	size_t shorter = x->stem < y->stem ? x->stem : y->stem;
	int rc = memcmp(x->listed.path, y->listed.path, shorter);

	if (rc == 0 && x->stem != y->stem)
		return x->stem < y->stem ? -1 : 1;
	return rc != 0 ? rc : strcmp(x->listed.path, y->listed.path);
}

int release_parse(const char *text, size_t len, struct release *ret, char reterr[RELEASE_ERROR_MAX])
{
	struct release r = {.text = mem_new(len + 1)};
	struct reader reader = {.r = &r};
	const char *at = r.text, *line;
	struct deb822 d;
	size_t n, left = len;

	memcpy(r.text, text, len);
	if (memchr(text, '\0', len) != NULL)
		reader.wrong = "it has a NUL byte";
	while (reader.wrong == NULL && next_line(&at, &left, &line, &n)) {
		if (deb822_read(line, n, &d) < 0)
			reader.wrong = "a line is neither a field nor its continuation";
		else if (d.kind == DEB822_FIELD)
			read_field(&reader, &d);
		else if (d.kind == DEB822_MORE)
			add_file(&reader, &d);
	}
	if (reader.wrong == NULL && !reader.has_date)
		reader.wrong = "it has no Date";
	if (reader.wrong != NULL) {
		(void)snprintf(reterr, RELEASE_ERROR_MAX, "%s", reader.wrong);
		release_done(&r);
		return -EINVAL;
	}
	if (r.n_files > 0)
		qsort(r.files, r.n_files, sizeof(*r.files), compare_files);
	*ret = r;
	return 0;
}

void release_done(struct release *r)
{
	free(r->files);
	free(r->text);
	*r = (struct release){0};
}
