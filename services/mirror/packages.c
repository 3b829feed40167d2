/*
 * A paragraph of Packages has one file (Filename, Size, SHA256), one of Sources a folder and lists of
 * its files: the strongest list counts. What belongs together is known at the paragraph's end only.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/packages.h"

#include "base/buf.h"
#include "base/mem.h"
#include "mirror/deb822.h"
#include "mirror/tree.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX_BYTES = 1 << 20 }; /* of one source's files */

struct in_list {
	size_t name; /* place in names */
	uint64_t size;
	struct checksum checksum;
};

struct paragraph {
	bool is_begun, has_size;
	char path[TREE_PATH_MAX]; /* Filename or Directory; "": it has none */
	bool is_folder;
	struct listed file;                 /* of a package */
	enum checksum_kind list, strongest; /* of a source */
	struct in_list *files;
	size_t n_files, room;
	struct buf names;
};

struct reader {
	struct paragraph p;
	packages_on_file on_file;
	void *data;
	const char *wrong; /* NULL: nothing */
};

static const struct {
	const char *name;
	enum checksum_kind kind;
	bool is_list;
} checksums[] = {
	{"SHA256", CHECKSUM_SHA256, false},
	{"MD5sum", CHECKSUM_MD5, false},
	{"SHA1", CHECKSUM_SHA1, false},
	{"SHA512", CHECKSUM_SHA512, false},
	{"Checksums-Sha256", CHECKSUM_SHA256, true},
	{"Checksums-Sha512", CHECKSUM_SHA512, true},
	{"Checksums-Sha1", CHECKSUM_SHA1, true},
	{"Files", CHECKSUM_MD5, true},
};

static void begin(struct paragraph *p)
{
	p->is_begun = p->has_size = p->is_folder = false;
	p->path[0] = '\0';
	p->file = (struct listed){0};
	p->list = p->strongest = CHECKSUM_NONE;
	p->n_files = 0;
	buf_drop(&p->names, p->names.len);
}

static void set_path(struct reader *r, const struct deb822 *d, bool is_folder)
{
	struct paragraph *p = &r->p;

	if (d->value_len == 0 || d->value_len >= sizeof(p->path) || memchr(d->value, '\0', d->value_len) != NULL) {
		r->wrong = is_folder ? "its Directory is none" : "its Filename is none";
		return;
	}
	memcpy(p->path, d->value, d->value_len);
	p->path[d->value_len] = '\0';
	p->is_folder = is_folder;
}

static void read_checksum(struct reader *r, const struct deb822 *d)
{
	struct paragraph *p = &r->p;

	for (size_t i = 0; i < sizeof(checksums) / sizeof(*checksums); i++) {
		enum checksum_kind kind = checksums[i].kind;
		if (!deb822_is(d, checksums[i].name))
			continue;
		if (checksums[i].is_list) {
			p->list = kind;
			if (kind > p->strongest)
				p->n_files = 0;
			p->strongest = kind > p->strongest ? kind : p->strongest;
		} else if (kind > p->file.checksum.kind &&
		           !checksum_parse(kind, d->value, d->value_len, &p->file.checksum)) {
			r->wrong = "its checksum is none";
		}
		return;
	}
}

static void read_field(struct reader *r, const struct deb822 *d)
{
	struct paragraph *p = &r->p;

	p->is_begun = true;
	p->list = CHECKSUM_NONE;
	if (deb822_is(d, "Filename")) {
		set_path(r, d, false);
	} else if (deb822_is(d, "Directory")) {
		set_path(r, d, true);
	} else if (deb822_is(d, "Size")) {
		p->has_size = true;
		if (listed_number(d->value, d->value_len, &p->file.size) < 0)
			r->wrong = "its Size is no number";
	} else {
		read_checksum(r, d);
	}
}

/** A line of a list of a source's files. */
static void read_more(struct reader *r, const struct deb822 *d)
{
	struct paragraph *p = &r->p;
	struct listed file = {0};
	const char *name;
	size_t len;

	if (p->list == CHECKSUM_NONE || p->list < p->strongest)
		return;
	if (listed_read(d->value, d->value_len, p->list, &file, &name, &len) < 0 || memchr(name, '\0', len) != NULL) {
		r->wrong = "a line of its files is not \"checksum size name\"";
		return;
	}
	if (p->n_files == p->room && p->room < PACKAGES_FILES_MAX) {
		p->room = p->room == 0 ? 16 : p->room * 2;
		p->files = mem_resize(p->files, p->room, sizeof(*p->files));
	}
	size_t place = p->names.len;
	if (p->n_files == p->room || buf_add(&p->names, name, len) < 0 || buf_add(&p->names, "", 1) < 0) {
		r->wrong = "more files than we take";
		return;
	}
	p->files[p->n_files++] = (struct in_list){place, file.size, file.checksum};
}

static int tell_source(struct reader *r)
{
	struct paragraph *p = &r->p;
	char path[2 * TREE_PATH_MAX];

	for (size_t i = 0; i < p->n_files; i++) {
		const struct in_list *f = &p->files[i];
		int n = snprintf(path, sizeof(path), "%s/%s", p->path, p->names.data + f->name);
		if (n < 0 || n >= TREE_PATH_MAX) {
			r->wrong = "a name of its files is too long";
			return -EINVAL;
		}
		struct listed told = {path, f->size, f->checksum};
		int rc = r->on_file(&told, r->data);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/** The paragraph is whole. Return: 0, or what on_file said; r->wrong may be set. */
static int end_paragraph(struct reader *r)
{
	struct paragraph *p = &r->p;
	int rc = 0;

	if (!p->is_begun)
		return 0;
	if (p->path[0] == '\0')
		r->wrong = "it has neither Filename nor Directory";
	else if (!p->is_folder && !p->has_size)
		r->wrong = "it has no Size";
	else if (p->is_folder)
		rc = tell_source(r);
	else
		rc = r->on_file(&(struct listed){p->path, p->file.size, p->file.checksum}, r->data);
	begin(p);
	return rc;
}

static int read_line(struct reader *r, const char *line, size_t len)
{
	struct deb822 d;

	if (len > 0 && line[0] == '#')
		return 0;
	if (deb822_read(line, len, &d) < 0) {
		r->wrong = "neither a field nor its continuation";
		return -EINVAL;
	}
	if (d.kind == DEB822_END)
		return end_paragraph(r);
	if (d.kind == DEB822_FIELD)
		read_field(r, &d);
	else
		read_more(r, &d);
	return 0;
}

static const char *what_failed(int rc)
{
	switch (rc) {
	case -EBADMSG:
		return "its compressed data is damaged or cut off";
	case -EFBIG:
		return "it is larger than we take";
	case -EMSGSIZE:
		return "longer than we take";
	default:
		return strerror(-rc);
	}
}

int packages_read(struct lines *l, packages_on_file on_file, void *data, char reterr[PACKAGES_ERROR_MAX])
{
	struct reader r = {.on_file = on_file, .data = data};
	const char *line;
	size_t len;
	int rc = 0, told = 0;

	reterr[0] = '\0';
	buf_init(&r.p.names, NAMES_MAX_BYTES);
	begin(&r.p);
	while (told == 0 && r.wrong == NULL && (rc = lines_next(l, &line, &len)) > 0)
		told = read_line(&r, line, len);
	if (told == 0 && r.wrong == NULL && rc < 0) {
		r.wrong = what_failed(rc);
		told = rc;
	}
	if (told == 0 && r.wrong == NULL)
		told = end_paragraph(&r);
	if (r.wrong != NULL) {
		uint64_t number = lines_number(l) + (rc < 0); /* what cannot be read follows */
		(void)snprintf(reterr, PACKAGES_ERROR_MAX, "line %" PRIu64 ": %s", number, r.wrong);
		told = told < 0 ? told : -EINVAL;
	}
	free(r.p.files);
	buf_done(&r.p.names);
	return told;
}
