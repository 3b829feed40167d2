/*
 * repodata/repomd.xml names the metadata of the folder above it by size and hash; of that, primary names
 * the packages.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/repomd.h"
#include "mirror/unpack.h"
#include "mirror/verify.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	XML_MAX_BYTES = 2000 << 20, /* unpacked */
	READ_BYTES = 65536,
};

struct repository {
	struct verify *v;
	const char *index;           /* what is being read */
	char folder[TREE_PATH_MAX];  /* that has repodata */
	char primary[TREE_PATH_MAX]; /* if it is as it should be */
};

/** Read the file @path to its end. Return: 0, whatever is found, or -ECANCELED. */
static int read_xml(struct repository *repo, const char *path, struct repomd *xml)
{
	struct verify *v = repo->v;
	char error[REPOMD_ERROR_MAX], chunk[READ_BYTES];
	ssize_t n;
	int rc = 0;

	int fd = tree_open_file(v->tree, path);
	if (fd < 0) {
		verify_unreadable(v, path, repo->index, fd);
		return 0;
	}
	repo->index = path;
	struct unpack *from = unpack_open(fd, path, XML_MAX_BYTES);
	do {
		n = unpack_read(from, chunk, sizeof(chunk));
		if (n >= 0)
			rc = repomd_feed(xml, chunk, (size_t)n, n == 0, error);
	} while (n > 0 && rc == 0);
	unpack_close(from);
	v->n_indexes++;
	if (rc == -ECANCELED)
		return rc;
	if (n < 0)
		verify_malformed(v, path, "is damaged, cut off, or larger than we take");
	else if (rc < 0)
		verify_malformed(v, path, error);
	return 0;
}

/** Compare a file that is named; its path goes to @path. Return: 0 or -ECANCELED. */
static int check_file(const struct repository *repo, const struct repomd_file *named, bool is_index,
                      char path[TREE_PATH_MAX])
{
	struct listed f = named->listed;

	path[0] = '\0';
	if (named->is_elsewhere)
		return 0;
	if (!verify_join(repo->folder, f.path, path)) {
		verify_unsafe(repo->v, f.path, repo->index);
		path[0] = '\0';
		return 0;
	}
	f.path = path;
	return verify_listed(repo->v, &f, repo->index, is_index);
}

static int on_package(const struct repomd_file *f, void *data)
{
	char path[TREE_PATH_MAX];

	return check_file(data, f, false, path);
}

static int on_metadata(const struct repomd_file *f, void *data)
{
	struct repository *repo = data;
	char path[TREE_PATH_MAX];
	size_t n_before = findings_count(&repo->v->findings);
	int rc = check_file(repo, f, true, path);

	if (f->timestamp > repo->v->date)
		repo->v->date = f->timestamp;
	if (strcmp(f->type, "primary") == 0 && findings_count(&repo->v->findings) == n_before)
		memcpy(repo->primary, path, sizeof(path));
	return rc;
}

static int on_dated(const struct repomd_file *f, void *data)
{
	int64_t *newest = data;

	if (f->timestamp > *newest)
		*newest = f->timestamp;
	return 0;
}

static bool read_age(struct verify *v, const char *path, struct verify_age *ret)
{
	struct repository repo = {.v = v, .index = path};
	struct repomd *xml = repomd_new(REPOMD_REPOMD, on_dated, &ret->date);

	(void)read_xml(&repo, path, xml); /* nobody cancels it: it is one small file */
	ret->serial = repomd_revision(xml);
	repomd_free(xml);
	return findings_count(&v->findings) == 0;
}

static int read_all(struct repository *repo, const char *path)
{
	struct verify *v = repo->v;

	struct repomd *xml = repomd_new(REPOMD_REPOMD, on_metadata, repo);
	int rc = read_xml(repo, path, xml);
	repomd_free(xml);
	if (rc < 0 || repo->primary[0] == '\0')
		return rc;
	if (!unpack_knows(repo->primary)) {
		verify_malformed(v, repo->primary, "is compressed in a way that we cannot read");
		return 0;
	}
	xml = repomd_new(REPOMD_PRIMARY, on_package, repo);
	rc = read_xml(repo, repo->primary, xml);
	repomd_free(xml);
	return rc;
}

static int on_repomd(struct verify *v, const char *path, void *data)
{
	struct repository repo = {.v = v, .index = "the tree's own listing"};
	char repodata[TREE_PATH_MAX];
	unsigned *n_repositories = data;
	const char *name;

	verify_folder(path, repodata);
	name = strrchr(repodata, '/');
	if (strcmp(name != NULL ? name + 1 : repodata, "repodata") != 0)
		return 0;
	verify_folder(repodata, repo.folder);
	++*n_repositories;
	verify_follows(v, path, read_age);
	return read_all(&repo, path);
}

int verify_rpm(struct verify *v)
{
	unsigned n_repositories = 0;
	int rc = verify_walk(v, &(struct verify_walk){"", "repomd.xml", "repomd.xml", on_repomd, &n_repositories});

	if (rc == 0 && n_repositories == 0)
		findings_add(&v->findings, FINDING_MISSING, "repodata/repomd.xml", "is nowhere in the tree");
	return rc;
}
