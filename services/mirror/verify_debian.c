/*
 * InRelease names the indexes of a suite by size and hash; Packages and Sources name the files of the pool.
 * A Release file also names what no mirror has: indexes uncompressed, and those of architectures that are
 * kept elsewhere. So of an index in several forms one is enough, and nothing is missed that is excluded, of
 * an architecture that is not here, or in a folder that is not.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/packages.h"
#include "mirror/patches.h"
#include "mirror/release.h"
#include "mirror/suites.h"
#include "mirror/unpack.h"
#include "mirror/verify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { ARCHITECTURES_MAX = 64 };

struct suite_check {
	struct verify *v;
	const char *folder;        /* of the suite */
	char index[TREE_PATH_MAX]; /* its InRelease or Release */
	struct release release;
	char architectures[ARCHITECTURES_MAX][32]; /* that have a folder here */
	unsigned n_architectures;
};

static bool is_there(struct verify *v, const char *path)
{
	struct stat st;

	return tree_stat(v->tree, path, &st) == 0;
}

/** The index by its hash, as apt asks for it: a folder beside it. */
static int check_by_hash(struct suite_check *c, const struct listed *f)
{
	char hash[CHECKSUM_TEXT_MAX], folder[TREE_PATH_MAX], name[TREE_PATH_MAX], path[TREE_PATH_MAX];
	struct listed by_hash = *f;

	if (f->checksum.kind < CHECKSUM_SHA256)
		return 0;
	verify_folder(f->path, folder);
	(void)snprintf(name, sizeof(name), "by-hash/%s/%s", release_hash_name(f->checksum.kind),
	               checksum_text(&f->checksum, hash));
	if (!verify_join(folder, name, path)) {
		findings_add(&c->v->findings, FINDING_UNSAFE, f->path, "has too long a name by hash");
		return 0;
	}
	by_hash.path = path;
	return verify_listed(c->v, &by_hash, c->index, false);
}

struct index_check {
	struct verify *v;
	const char *index;
	const char *folder; /* of what it names */
};

static int on_named_file(const struct listed *named, void *data)
{
	const struct index_check *i = data;
	char path[TREE_PATH_MAX];
	struct listed f = *named;

	if (!verify_join(i->folder, named->path, path)) {
		verify_unsafe(i->v, named->path, i->index);
		return 0;
	}
	f.path = path;
	return verify_listed(i->v, &f, i->index, false);
}

typedef int (*index_reader)(struct lines *l, packages_on_file on_file, void *data, char reterr[PACKAGES_ERROR_MAX]);

/** Compare what the index @path names, below @folder. */
static int read_index(struct suite_check *c, const char *path, const char *folder, index_reader read)
{
	char error[PACKAGES_ERROR_MAX];
	struct index_check index = {c->v, path, folder};

	int fd = tree_open_file(c->v->tree, path);
	if (fd < 0) {
		verify_unreadable(c->v, path, c->index, fd);
		return 0;
	}
	struct lines *l = lines_open(fd, path, PACKAGES_MAX_BYTES);
	int rc = read(l, on_named_file, &index, error);
	lines_close(l);
	c->v->n_indexes++;
	if (rc == -ECANCELED)
		return rc;
	if (rc < 0)
		verify_malformed(c->v, path, error);
	return 0;
}

/** What an index names. */
enum names {
	NAMES_NOTHING, /* that is a file of the archive */
	NAMES_POOL,
	NAMES_PATCHES,
	NAMES_SUMS, /* of an installer's files */
};

static enum names names_of(const struct release_file *f)
{
	static const struct {
		const char *ending;
		enum names names;
	} all[] = {{"/Packages", NAMES_POOL},
	           {"/Sources", NAMES_POOL},
	           {".diff/Index", NAMES_PATCHES},
	           {"/SHA256SUMS", NAMES_SUMS}};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		size_t len = strlen(all[i].ending);
		if (f->stem >= len && memcmp(f->listed.path + f->stem - len, all[i].ending, len) == 0)
			return all[i].names;
	}
	return NAMES_NOTHING;
}

/** Compare what the index @path names. */
static int check_named(struct suite_check *c, const char *path, enum names names)
{
	char folder[TREE_PATH_MAX];

	verify_folder(path, folder);
	switch (names) {
	case NAMES_NOTHING:
		break;
	case NAMES_POOL:
		return read_index(c, path, "", packages_read);
	case NAMES_PATCHES:
		return read_index(c, path, folder, patches_read);
	case NAMES_SUMS:
		return verify_sums(c->v, path, true);
	}
	return 0;
}

/** The architecture that the part of a path names, by what is before it and up to a dot. Return: its length, or 0. */
static size_t cut_architecture(const char *part, const char **ret)
{
	static const char *const before[] = {"binary-", "Contents-udeb-", "Contents-",
	                                     "Components-", "Commands-", "installer-"};

	for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
		size_t n = strlen(before[i]);
		*ret = part + n;
		if (strncmp(part, before[i], n) == 0)
			return strcspn(part + n, "/.");
	}
	return 0;
}

/** The first architecture that a part of @path names. Return: its length, or 0. */
static size_t architecture_of(const char *path, const char **ret)
{
	for (const char *part = path; part != NULL; part = strchr(part, '/')) {
		part += *part == '/';
		size_t len = cut_architecture(part, ret);
		if (len > 0)
			return len;
	}
	return 0;
}

static bool has_architecture(const struct suite_check *c, const char *name, size_t len)
{
	for (unsigned i = 0; i < c->n_architectures; i++)
		if (strlen(c->architectures[i]) == len && memcmp(c->architectures[i], name, len) == 0)
			return true;
	return false;
}

/** Note the architectures that have a folder here. */
static void find_architectures(struct suite_check *c)
{
	char folder[TREE_PATH_MAX], path[TREE_PATH_MAX];
	const char *name;

	for (size_t i = 0; i < c->release.n_files && c->n_architectures < ARCHITECTURES_MAX; i++) {
		const struct release_file *f = &c->release.files[i];
		size_t len = names_of(f) == NAMES_POOL ? architecture_of(f->listed.path, &name) : 0;
		if (len == 0 || len >= sizeof(c->architectures[0]) || has_architecture(c, name, len))
			continue;
		verify_folder(f->listed.path, folder);
		if (!verify_join(c->folder, folder, path) || !is_there(c->v, path))
			continue;
		memcpy(c->architectures[c->n_architectures], name, len);
		c->architectures[c->n_architectures++][len] = '\0';
	}
}

/** Whether @path, which is not there, is nothing that this mirror is to have. */
static bool is_left_out(const struct suite_check *c, const char *path)
{
	char folder[TREE_PATH_MAX];
	const char *name;

	verify_folder(path, folder);
	if (exclude_matches(&c->v->exclude, path) || !is_there(c->v, folder))
		return true;
	size_t len = architecture_of(path + strlen(c->folder) + 1, &name);
	bool is_of_all = len == 6 && memcmp(name, "source", len) == 0; /* Contents-source */
	return len > 0 && !is_of_all && !has_architecture(c, name, len);
}

struct checked_forms {
	bool has_any, has_wrong, is_left_out;
	char to_read[TREE_PATH_MAX]; /* a form that is as it should be, and that we can read; "": there is none */
};

static int check_form(struct suite_check *c, const struct listed *form, struct checked_forms *ret)
{
	char path[TREE_PATH_MAX];
	struct listed f = *form;

	if (!verify_join(c->folder, f.path, path)) {
		verify_unsafe(c->v, f.path, c->index);
		ret->is_left_out = true; /* nothing more is to be said of it */
		return 0;
	}
	f.path = path;
	if (!is_there(c->v, path)) {
		ret->is_left_out = ret->is_left_out || is_left_out(c, path);
		return 0;
	}
	ret->has_any = true;
	size_t n_before = findings_count(&c->v->findings);
	int rc = verify_listed(c->v, &f, c->index, true);
	bool is_good = findings_count(&c->v->findings) == n_before;
	ret->has_wrong = ret->has_wrong || !is_good;
	if (is_good && ret->to_read[0] == '\0' && unpack_knows(path))
		memcpy(ret->to_read, path, sizeof(path));
	return rc == 0 && c->release.has_by_hash ? check_by_hash(c, &f) : rc;
}

/** An index in all its forms: compare each that is there; and read one of them, if it names files of the pool. */
static int check_forms(struct suite_check *c, const struct release_file *forms, size_t n)
{
	struct checked_forms checked = {0};
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = check_form(c, &forms[i].listed, &checked);
	if (rc < 0)
		return rc;
	if (!checked.has_any && !checked.is_left_out)
		findings_add(&c->v->findings, FINDING_MISSING, forms->listed.path,
		             "is named in %s and not there, in no form", c->index);
	if (!checked.has_any || names_of(forms) == NAMES_NOTHING)
		return 0;
	if (checked.to_read[0] != '\0')
		return check_named(c, checked.to_read, names_of(forms));
	if (!checked.has_wrong)
		verify_malformed(c->v, forms->listed.path, "is compressed in a way that we cannot read");
	return 0;
}

static int check_files(struct suite_check *c)
{
	const struct release *r = &c->release;
	int rc = 0;

	find_architectures(c);
	for (size_t i = 0; i < r->n_files && rc == 0;) {
		const struct release_file *first = &r->files[i];
		size_t n = 1;
		while (i + n < r->n_files && first[n].stem == first->stem &&
		       memcmp(first[n].listed.path, first->listed.path, first->stem) == 0)
			n++;
		rc = check_forms(c, first, n);
		i += n;
	}
	return rc;
}

/** Read InRelease or Release. Return: whether it could be. */
static bool read_release(struct suite_check *c, const char *name, struct release *ret)
{
	char error[RELEASE_ERROR_MAX] = "it is not one clear-signed text";
	struct buf file, text;
	bool is_signed = strcmp(name, "InRelease") == 0;

	buf_init(&file, RELEASE_MAX_BYTES);
	buf_init(&text, RELEASE_MAX_BYTES);
	bool is_good = verify_join(c->folder, name, c->index) && verify_read(c->v, c->index, &file);
	if (is_good) {
		const struct buf *from = is_signed ? &text : &file;
		is_good = (!is_signed || release_signed_text(file.data, file.len, &text) == 0) &&
		          release_parse(buf_text(from), from->len, ret, error) == 0;
		if (!is_good)
			verify_malformed(c->v, c->index, error);
	}
	buf_done(&file);
	buf_done(&text);
	return is_good;
}

/** Release beside InRelease: half of the clients read one, half the other. */
static void compare_release(struct suite_check *c)
{
	struct suite_check plain = {.v = c->v, .folder = c->folder};

	if (!read_release(&plain, "Release", &plain.release))
		return;
	if (plain.release.date != c->release.date || plain.release.n_files != c->release.n_files)
		findings_add(&c->v->findings, FINDING_MIXED, plain.index, "is not of the moment of %s", c->index);
	release_done(&plain.release);
}

static bool read_age(struct verify *v, const char *path, struct verify_age *ret)
{
	char folder[TREE_PATH_MAX];
	struct suite_check c = {.v = v, .folder = folder};

	verify_folder(path, folder);
	if (!read_release(&c, strrchr(path, '/') + 1, &c.release))
		return false;
	ret->date = c.release.date;
	release_done(&c.release);
	return true;
}

static int check_suite(struct verify *v, const struct suite *s)
{
	struct suite_check c = {.v = v, .folder = s->folder};
	const char *name = s->has_inrelease ? "InRelease" : "Release";

	if (!read_release(&c, name, &c.release))
		return 0;
	verify_follows(v, c.index, read_age);
	if (s->has_inrelease && s->has_release)
		compare_release(&c);
	if (v->now != 0 && c.release.valid_until != 0 && c.release.valid_until < v->now)
		findings_add(&v->findings, FINDING_EXPIRED, c.index, "was valid until %jd seconds ago",
		             (intmax_t)(v->now - c.release.valid_until));
	if (c.release.date > v->date)
		v->date = c.release.date;
	int rc = check_files(&c);
	release_done(&c.release);
	return rc;
}

/** The operator wants it verified. */
static void require_suite(struct verify *v, const struct suites *all, const char *suite)
{
	char folder[TREE_PATH_MAX];

	(void)snprintf(folder, sizeof(folder), "dists/%s", suite);
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->all[i].folder, folder) == 0)
			return;
	findings_add(&v->findings, FINDING_MISSING, folder, "is to be verified, and has no Release of its own");
}

int verify_debian(struct verify *v)
{
	struct suites s;
	int rc = suites_find(v, &s);

	if (rc < 0)
		return rc;
	if (s.n == 0)
		findings_add(&v->findings, FINDING_MISSING, "dists", "has no suite: no InRelease, no Release");
	for (size_t i = 0; i < v->n_suites && s.n > 0; i++)
		require_suite(v, &s, v->suites[i]);
	for (size_t i = 0; i < s.n && rc == 0; i++)
		rc = check_suite(v, &s.all[i]);
	suites_done(&s);
	return rc;
}
