/* What rsync prints of a tree, line by line; and what it never prints. */
/* SPDX-License-Identifier: MIT */
#include "mirror/listing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum listing_kind parse(const char *text, char line[LISTING_LINE_MAX], struct listing_entry *ret)
{
	(void)snprintf(line, LISTING_LINE_MAX, "%s", text);
	return listing_parse(line, ret);
}

static void test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line;
		enum listing_kind kind;
		const char *name;
		bool is_folder, is_file, is_new;
		uint64_t bytes;
	} cases[] = {
		{"|>f+++++++++|7|pool/a.deb", LISTING_COMES, "pool/a.deb", false, true, true, 7},
		{"|>f..t......|7|pool/a.deb", LISTING_COMES, "pool/a.deb", false, true, false, 7},
		{"|.f...p.....|7|pool/a.deb", LISTING_COMES, "pool/a.deb", false, true, false, 0},
		{"|hf+++++++++|7|pool/b.deb", LISTING_COMES, "pool/b.deb", false, true, true, 0},
		{"|cd+++++++++|60|pool/", LISTING_COMES, "pool", true, false, true, 0},
		{"|cL+++++++++|6|dists/stable", LISTING_COMES, "dists/stable", false, false, true, 0},
		{"|cLc.t......|6|dists/stable", LISTING_COMES, "dists/stable", false, false, false, 0},
		{"|*deleting  |0|pool/a.deb", LISTING_GOES, "pool/a.deb", false, true, false, 0},
		{"|*deleting  |0|pool/", LISTING_GOES, "pool", true, false, false, 0},
		{"|>f+++++++++|1|new\\#012line", LISTING_COMES, "new\nline", false, true, true, 1},
		{"|>f+++++++++|1|back\\#134#012slash", LISTING_COMES, "back\\#012slash", false, true, true, 1},
		{"|>f+++++++++|1|caf\\#303\\#251", LISTING_COMES, "caf\303\251", false, true, true, 1},
		{"|>f+++++++++|1| a -> b|c ", LISTING_COMES, " a -> b|c ", false, true, true, 1},
		{"|>f+++++++++|1|..a/...", LISTING_COMES, "..a/...", false, true, true, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char line[LISTING_LINE_MAX];
		struct listing_entry e;
		assert_int_equal(parse(cases[i].line, line, &e), cases[i].kind);
		assert_string_equal(e.name, cases[i].name);
		assert_int_equal(e.is_folder, cases[i].is_folder);
		assert_int_equal(e.is_file, cases[i].is_file);
		assert_int_equal(e.is_new, cases[i].is_new);
		assert_int_equal(e.bytes, cases[i].bytes);
	}
}

static void test_lines_that_say_nothing(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"",
		"skipping non-regular file \"fifo\"",
		"created directory work",
		"|.d..t......|60|./",
		"Number of created files: 3 (reg: 3)",
		"sent 65 bytes  received 370 bytes",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char line[LISTING_LINE_MAX];
		struct listing_entry e;
		assert_int_equal(parse(lines[i], line, &e), LISTING_OTHER);
	}
}

static void test_lines_that_rsync_never_writes(void **state)
{
	(void)state;
	static const char *const lines[] = {
		"|>f+++++++++|1|/etc/passwd",
		"|>f+++++++++|1|../x",
		"|>f+++++++++|1|a/../../x",
		"|>f+++++++++|1|a/..",
		"|>f+++++++++|1|a//b",
		"|>f+++++++++|1|./a",
		"|>f+++++++++|1|",
		"|>f+++++++++|1|/",
		"|*deleting  |0|..",
		"|>f+++++++++|1|\\#056\\#056/x", /* ".." once it is read */
		"|>f+++++++++|1|a\\#000b",
		"|>f+++++++++|-1|a",
		"|>f+++++++++|x|a",
		"|>f+++++++++||a",
		"|>f+++++++++|99999999999999999999999|a",
		"|>f+++++++++|1",
		"|>f+++++++++",
		"|>f++++++++++|1|a",
		"|>f|1|a",
		"|>D+++++++++|1|a", /* a device */
		"|>S+++++++++|1|a",
		"|xf+++++++++|1|a",
		"|",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		char line[LISTING_LINE_MAX];
		struct listing_entry e;
		if (parse(lines[i], line, &e) != LISTING_WRONG)
			fail_msg("taken: %s", lines[i]);
	}
}

static void test_longest_name(void **state)
{
	(void)state;
	char text[LISTING_LINE_MAX], line[LISTING_LINE_MAX];
	struct listing_entry e;

	int n = snprintf(text, sizeof(text), "|>f+++++++++|1|");
	memset(text + n, 'a', sizeof(text) - (size_t)n);
	text[n + PATH_MAX - 1] = '\0';
	assert_int_equal(parse(text, line, &e), LISTING_COMES);
	text[n + PATH_MAX - 1] = 'a';
	text[n + PATH_MAX] = '\0';
	assert_int_equal(parse(text, line, &e), LISTING_WRONG);
}

/* A folder for the files of a test. */
struct fixture {
	char folder[40], from[64], coming[64], going[64];
};

static int setup(void **state)
{
	static struct fixture f;

	(void)snprintf(f.folder, sizeof(f.folder), "/tmp/listing-XXXXXX");
	if (mkdtemp(f.folder) == NULL)
		return -1;
	(void)snprintf(f.from, sizeof(f.from), "%s/from", f.folder);
	(void)snprintf(f.coming, sizeof(f.coming), "%s/coming", f.folder);
	(void)snprintf(f.going, sizeof(f.going), "%s/going", f.folder);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	const struct fixture *f = *state;

	(void)unlink(f->from);
	(void)unlink(f->coming);
	(void)unlink(f->going);
	return rmdir(f->folder);
}

static int read_text(const struct fixture *f, const char *text, const char *sentinel, struct listing *ret)
{
	FILE *file = fopen(f->from, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	return listing_read(&(struct listing_files){f->from, f->coming, f->going, sentinel}, ret);
}

static void assert_file(const char *path, const void *expected, size_t len)
{
	char found[256];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	assert_int_equal(fread(found, 1, sizeof(found), file), len);
	assert_int_equal(fclose(file), 0);
	assert_memory_equal(found, expected, len);
}

#define SUMMARY "\nNumber of files: 105 (reg: 100, dir: 4, link: 1)\nNumber of created files: 2 (reg: 1, dir: 1)\n" \
		"Total file size: 4711 bytes\nTotal transferred file size: 1500 bytes\n"

static void test_whole(void **state)
{
	const struct fixture *f = *state;
	struct listing l;

	assert_int_equal(read_text(f,
	                           "|*deleting  |0|old/a\\#012b\n|*deleting  |0|old/\n|.d..t......|60|./\n"
	                           "skipping non-regular file \"fifo\"\n|cd+++++++++|60|new/\n"
	                           "|>f+++++++++|1000|new/a\\#012b\n|>f.st......|500|Release\n" SUMMARY,
	                           "Release", &l),
	                 0);
	assert_true(l.is_whole);
	assert_int_equal(l.n_coming, 3);
	assert_int_equal(l.n_going, 2);
	assert_int_equal(l.n_files_new, 1);
	assert_int_equal(l.n_files_going, 1);
	assert_int_equal(l.fetch_bytes, 1500);
	assert_int_equal(l.n_listed, 100);
	assert_int_equal(l.listed_bytes, 4711);
	assert_int_equal(listing_n_published(&l), 100); /* one comes, one goes */
	assert_true(l.is_sentinel_new && !l.is_sentinel_going);
	assert_file(f->coming, "new\0new/a\nb\0Release", sizeof("new\0new/a\nb\0Release"));
	assert_file(f->going, "old/a\nb\0old", sizeof("old/a\nb\0old"));
	assert_int_equal(read_text(f, "|*deleting  |0|Release\n" SUMMARY, "Release", &l), 0);
	assert_true(l.is_sentinel_going && !l.is_sentinel_new);
}

static void test_not_whole(void **state)
{
	const struct fixture *f = *state;
	struct listing l = {.n_coming = 7};

	assert_int_equal(read_text(f, "", NULL, &l), -EBADMSG);
	assert_int_equal(read_text(f, "|>f+++++++++|1|a\n", NULL, &l), -EBADMSG); /* cut off */
	assert_int_equal(read_text(f, SUMMARY "|>f+++++++++|1|a", NULL, &l), -EBADMSG);
	assert_int_equal(read_text(f, "|>f+++++++++|1|../a\n" SUMMARY, NULL, &l), -EBADMSG);
	assert_int_equal(l.n_coming, 7);
	assert_int_equal(listing_read(&(struct listing_files){.from = "/nonexistent"}, &l), -ENOENT);
	struct listing_files nowhere = {.from = f->from, .coming = "/nonexistent/a"};
	assert_int_equal(listing_read(&nowhere, &l), -ENOENT);
	if (access("/dev/full", W_OK) == 0) {
		(void)read_text(f, "|>f+++++++++|1|a\n" SUMMARY, NULL, &l);
		assert_int_equal(listing_read(&(struct listing_files){.from = f->from, .coming = "/dev/full"}, &l),
		                 -ENOSPC);
	}
}

static void test_empty_upstream(void **state)
{
	const struct fixture *f = *state;
	struct listing l;

	assert_int_equal(read_text(f, "|*deleting  |0|a\n\nNumber of files: 1 (dir: 1)\n", NULL, &l), 0);
	assert_int_equal(l.n_listed, 0);
	assert_int_equal(listing_n_published(&l), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lines_that_say_nothing),
		cmocka_unit_test(test_lines_that_rsync_never_writes),
		cmocka_unit_test(test_longest_name),
		cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_empty_upstream, setup, teardown),
	};

	return cmocka_run_group_tests_name("mirror/listing", tests, NULL, NULL);
}
