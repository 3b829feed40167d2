/*
 * What rsync prints of a dry run and at its end (mirror/listing.h, mirror/rsync.h), and the names that are written of
 * it (mirror/names.h): none leaves the tree, and as many are written as are counted.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/listing.h"

#include "../fuzz.h"

#include "mirror/exclude.h"
#include "mirror/names.h"
#include "mirror/rsync.h"
#include "mirror/tree.h"

#include <errno.h>
#include <stdio.h>

static void path_of(int fd, char ret[64])
{
	(void)snprintf(ret, 64, "/proc/self/fd/%d", fd);
}

static void read_names(const char *path, uint64_t n)
{
	struct names names;

	assert(names_read(path, &names) == 0);
	assert(names.n == n);
	for (size_t i = 0; i < names.n; i++)
		assert(names.all[i][0] != '/' && strcmp(names.all[i], "..") != 0 &&
		       strncmp(names.all[i], "../", 3) != 0 && strstr(names.all[i], "/../") == NULL);
	names_done(&names);
}

static void read_listing(const uint8_t *data, size_t size)
{
	int fds[] = {fuzz_file(data, size), fuzz_file("", 0), fuzz_file("", 0)};
	char paths[3][64];
	struct listing l = {0};

	for (size_t i = 0; i < 3; i++)
		path_of(fds[i], paths[i]);
	const struct listing_files files = {paths[0], paths[1], paths[2], "project/trace"};
	int rc = listing_read(&files, &l);
	assert(rc == 0 || rc == -EBADMSG);
	if (rc == 0) {
		assert(l.is_whole);
		read_names(paths[1], l.n_coming);
		read_names(paths[2], l.n_going);
	}
	for (size_t i = 0; i < 3; i++)
		(void)close(fds[i]);
}

/* Lines alone reach further than a listing that must be whole. */
static void read_lines(char *text)
{
	static const char *const patterns[] = {"*.deb", "/pool/**/b?", "a/", "**"};
	const struct exclude e = {patterns, sizeof(patterns) / sizeof(*patterns)};
	struct listing_entry entry;
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		if (strlen(line) >= LISTING_LINE_MAX)
			continue;
		enum listing_kind kind = listing_parse(line, &entry);
		if (kind == LISTING_COMES || kind == LISTING_GOES) {
			assert(entry.name >= line && entry.name[0] != '/');
			(void)exclude_matches(&e, entry.name);
			(void)tree_path_is_safe(entry.name);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	read_listing(data, size);
	(void)rsync_received(text);
	read_lines(text);
	free(text);
	return 0;
}
