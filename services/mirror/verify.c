/* SPDX-License-Identifier: MIT */
#include "mirror/verify.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int (*const of_kind[TREE_KINDS])(struct verify *v) = {
	[TREE_DEBIAN] = verify_debian,
	[TREE_RPM] = verify_rpm,
	[TREE_ARCH] = verify_arch,
	[TREE_FILES] = verify_files,
	[TREE_OSM] = verify_osm,
};

int verify_tree(struct verify *v, enum tree_kind kind)
{
	v->findings = (struct findings){0};
	v->n_indexes = v->n_files = v->bytes = 0;
	v->date = 0;
	v->serial_back.before = v->serial_back.now = 0;
	v->date_back.before = v->date_back.now = 0;
	int rc = of_kind[kind](v);
	if (rc < 0)
		return rc;
	return findings_count(&v->findings) > 0 ? -EBADMSG : 0;
}

void verify_done(struct verify *v)
{
	findings_done(&v->findings);
}

static bool is_cancelled(const struct verify *v)
{
	return v->is_cancelled != NULL && atomic_load_explicit(v->is_cancelled, memory_order_relaxed);
}

void verify_unreadable(struct verify *v, const char *path, const char *index, int rc)
{
	if (rc == -ENOENT || rc == -ENOTDIR)
		findings_add(&v->findings, FINDING_MISSING, path, "is named in %s and not there", index);
	else if (rc == -EXDEV || rc == -ELOOP)
		findings_add(&v->findings, FINDING_UNSAFE, path, "is a link out of the tree, or to itself");
	else if (rc == -EINVAL)
		findings_add(&v->findings, FINDING_UNSAFE, path, "is named in %s and is no file", index);
	else
		findings_add(&v->findings, FINDING_UNREADABLE, path, "%s", strerror(-rc));
}

void verify_unsafe(struct verify *v, const char *path, const char *index)
{
	findings_add(&v->findings, FINDING_UNSAFE, path, "is named in %s and is no path of this tree", index);
}

void verify_malformed(struct verify *v, const char *path, const char *why)
{
	findings_add(&v->findings, FINDING_MALFORMED, path, "%s", why);
}

static bool age_of(const struct tree *tree, const char *path, verify_read_age read, struct verify_age *ret)
{
	struct verify v = {.tree = tree}; /* its findings are found elsewhere, or are of what is published */

	*ret = (struct verify_age){0};
	bool is_read = read(&v, path, ret);
	verify_done(&v);
	return is_read;
}

static void note_back(struct verify_back *b, const char *path, uint64_t before, uint64_t now)
{
	if (now == 0 || before <= now || before - now <= b->before - b->now)
		return;
	b->before = before;
	b->now = now;
	(void)snprintf(b->index, sizeof(b->index), "%s", path);
}

void verify_follows(struct verify *v, const char *path, verify_read_age read)
{
	struct verify_age now, before;

	if (v->published == NULL || !age_of(v->published, path, read, &before) || !age_of(v->tree, path, read, &now))
		return;
	note_back(&v->serial_back, path, before.serial, now.serial);
	note_back(&v->date_back, path, (uint64_t)before.date, (uint64_t)now.date);
}

static int compare_hash(struct verify *v, const struct listed *f, const char *index)
{
	struct checksum found;
	int fd = tree_open_file(v->tree, f->path);
	int rc = fd;

	if (fd >= 0) {
		rc = checksum_file(fd, f->checksum.kind, v->is_cancelled, &found);
		(void)close(fd);
	}
	if (rc == -ECANCELED)
		return rc;
	if (rc < 0)
		verify_unreadable(v, f->path, index, rc);
	else if (!checksum_equal(&found, &f->checksum))
		findings_add(&v->findings, FINDING_HASH, f->path, "has another hash than %s says", index);
	return 0;
}

int verify_listed(struct verify *v, const struct listed *f, const char *index, bool is_index)
{
	struct stat st;

	if (is_cancelled(v))
		return -ECANCELED;
	if (!tree_path_is_safe(f->path)) {
		verify_unsafe(v, f->path, index);
		return 0;
	}
	v->n_files++;
	int rc = tree_stat(v->tree, f->path, &st);
	if (rc == 0 && !S_ISREG(st.st_mode))
		rc = -EINVAL;
	if (rc < 0) {
		verify_unreadable(v, f->path, index, rc);
		return 0;
	}
	v->bytes += (uint64_t)st.st_size;
	if (f->size != LISTED_ANY_SIZE && f->size != (uint64_t)st.st_size) {
		findings_add(&v->findings, FINDING_SIZE, f->path, "has %jd bytes, %s says %" PRIu64,
		             (intmax_t)st.st_size, index, f->size);
		return 0;
	}
	if (f->checksum.kind == CHECKSUM_NONE || !(is_index || v->hashes == VERIFY_ALL))
		return 0;
	return compare_hash(v, f, index);
}

bool verify_read(struct verify *v, const char *path, struct buf *b)
{
	int rc = tree_read(v->tree, path, b);

	if (rc == -ENOBUFS)
		findings_add(&v->findings, FINDING_MALFORMED, path, "has more than %zu bytes", b->max_bytes);
	else if (rc < 0)
		verify_unreadable(v, path, "the tree's own listing", rc);
	v->n_indexes += rc == 0;
	return rc == 0;
}

bool verify_join(const char *folder, const char *name, char ret[TREE_PATH_MAX])
{
	int n = snprintf(ret, TREE_PATH_MAX, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name);

	return n > 0 && n < TREE_PATH_MAX && tree_path_is_safe(ret);
}

void verify_folder(const char *path, char ret[TREE_PATH_MAX])
{
	const char *slash = strrchr(path, '/');

	(void)snprintf(ret, TREE_PATH_MAX, "%.*s", slash != NULL ? (int)(slash - path) : 0, path);
}

static bool is_wanted(const struct verify_walk *w, const char *name)
{
	size_t len = strlen(name), n = strlen(w->suffix);

	return strncmp(name, w->prefix, strlen(w->prefix)) == 0 && len >= n && strcmp(name + len - n, w->suffix) == 0;
}

struct walk {
	struct verify *v;
	const struct verify_walk *wanted;
	bool is_below; /* of the folder that the tree is laid over */
};

/** The type of an entry, as readdir(3) or else the inode has it. */
static unsigned char type_of(int fd, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN || fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return e->d_type;
	return (unsigned char)IFTODT(st.st_mode);
}

static int walk_folder(const struct walk *w, int fd, const char *path, unsigned depth);

static int walk_entry(const struct walk *w, int fd, const char *path, const struct dirent *e, unsigned depth)
{
	unsigned char type = type_of(fd, e);

	if (type == DT_DIR) {
		int below = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below < 0) {
			verify_unreadable(w->v, path, "the tree's own listing", -errno);
			return 0;
		}
		return walk_folder(w, below, path, depth + 1);
	}
	if (type != DT_REG || !is_wanted(w->wanted, e->d_name) || (w->is_below && tree_hides(w->v->tree, path)))
		return 0;
	return w->wanted->on_file(w->v, path, w->wanted->data);
}

/** It takes @fd. */
static int walk_folder(const struct walk *w, int fd, const char *path, unsigned depth)
{
	char entry[TREE_PATH_MAX];
	int rc = 0;

	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		rc = -errno;
		(void)close(fd);
		return rc;
	}
	for (const struct dirent *e = readdir(dir); e != NULL && rc == 0; e = readdir(dir)) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (is_cancelled(w->v))
			rc = -ECANCELED;
		else if (depth >= TREE_DEPTH_MAX || !verify_join(path, e->d_name, entry))
			findings_add(&w->v->findings, FINDING_UNSAFE, path, "has something too deep within it");
		else
			rc = walk_entry(w, fd, entry, e, depth);
	}
	(void)closedir(dir);
	return rc;
}

static int walk_layer(const struct walk *w, int dir_fd)
{
	const char *top = w->wanted->top;
	int fd = tree_open_below(dir_fd, top[0] != '\0' ? top : ".", O_RDONLY | O_DIRECTORY);

	if (fd == -ENOENT)
		return 0;
	if (fd < 0) {
		verify_unreadable(w->v, top, "the tree's own listing", fd);
		return 0;
	}
	return walk_folder(w, fd, top, 0);
}

int verify_walk(struct verify *v, const struct verify_walk *wanted)
{
	struct walk w = {.v = v, .wanted = wanted};
	int rc = walk_layer(&w, v->tree->fd);

	w.is_below = true;
	if (rc == 0 && v->tree->below_fd >= 0)
		rc = walk_layer(&w, v->tree->below_fd);
	return rc;
}
