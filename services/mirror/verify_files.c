/*
 * Trees without an index. Lists of hashes are compared with what is there, if all hashes are wanted: nobody
 * promises that everything in them is in the tree.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/lines.h"
#include "mirror/sums.h"
#include "mirror/verify.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { SUMS_MAX_BYTES = 256 << 20 };

static int check_line(struct verify *v, const char *sums, const char *line, size_t len, bool is_promised)
{
	char folder[TREE_PATH_MAX], name[TREE_PATH_MAX], path[TREE_PATH_MAX];
	struct listed f = {.path = path, .size = LISTED_ANY_SIZE};
	struct stat st;

	verify_folder(sums, folder);
	if (!sums_read(line, len, &f.checksum, name) || !verify_join(folder, name, path))
		return 0;
	if (!is_promised && (tree_stat(v->tree, path, &st) < 0 || !S_ISREG(st.st_mode)))
		return 0;
	return exclude_matches(&v->exclude, path) ? 0 : verify_listed(v, &f, sums, false);
}

int verify_sums(struct verify *v, const char *path, bool is_promised)
{
	const char *line;
	size_t len;
	int rc = 0, told = 0;

	int fd = tree_open_file(v->tree, path);
	if (fd < 0) {
		verify_unreadable(v, path, "the tree's own listing", fd);
		return 0;
	}
	struct lines *l = lines_open(fd, "", SUMS_MAX_BYTES);
	while (told == 0 && (rc = lines_next(l, &line, &len)) > 0)
		told = check_line(v, path, line, len, is_promised);
	lines_close(l);
	if (rc < 0)
		verify_malformed(v, path, "cannot be read to its end, or has a line that is longer than we take");
	v->n_indexes++;
	return told;
}

static int on_sums(struct verify *v, const char *path, void *data)
{
	(void)data;
	return verify_sums(v, path, false);
}

int verify_files(struct verify *v)
{
	static const struct {
		const char *prefix, *suffix;
	} lists[] = {
		{"MD5SUMS", "MD5SUMS"},
		{"SHA1SUMS", "SHA1SUMS"},
		{"SHA256SUMS", "SHA256SUMS"},
		{"SHA512SUMS", "SHA512SUMS"},
		{"sha256sums", ".asc"},
		{"", "CHECKSUM"},
		{"", ".sha256"},
		{"", ".sha512"},
		{"", ".md5"},
	};
	int rc = 0;

	if (v->hashes != VERIFY_ALL)
		return 0;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists) && rc == 0; i++)
		rc = verify_walk(v, &(struct verify_walk){"", lists[i].prefix, lists[i].suffix, on_sums, NULL});
	return rc;
}
