/* Deleting in a tree whose owner would like to have something else deleted. */
/* SPDX-License-Identifier: MIT */
#include "mirror/removal.h"

#include "folder.h"

#include <errno.h>

static int setup(void **state)
{
	int rc = folder_setup(state);

	folder_run("mkdir -p tree/a/b outside && touch tree/a/b/f tree/a/g tree/top outside/precious &&"
	           " ln -s ../outside tree/out && ln -s a tree/inside && ln -s top tree/link");
	return rc;
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

/* @names: as in the file, of @len bytes. Return: how many went, or what removal_run() says. */
static int run(const void *names, size_t len)
{
	uint64_t n = 0;

	folder_write_bytes("names", names, len);
	int rc = removal_run("tree", "names", &n);
	return rc < 0 ? rc : (int)n;
}

#define RUN(names) run(names, sizeof(names))

static void test_files_and_folders(void **state)
{
	(void)state;

	assert_int_equal(RUN("a/b/f\0a/b\0top\0link"), 4);
	assert_false(exists("tree/a/b") || exists("tree/top") || exists("tree/link"));
	assert_true(exists("tree/a/g"));
	assert_int_equal(run("", 0), 0);
}

static void test_passed_over(void **state)
{
	(void)state;

	assert_int_equal(RUN("a\0nothing\0no/thing\0top/below\0a/g"), 1); /* a has more in it */
	assert_true(exists("tree/a/b/f") && exists("tree/top"));
	assert_false(exists("tree/a/g"));
}

static void test_links_are_not_followed(void **state)
{
	(void)state;

	assert_int_equal(RUN("out/precious\0inside/g"), 0);
	assert_true(exists("outside/precious") && exists("tree/a/g"));
	assert_int_equal(RUN("out"), 1); /* the link itself */
	assert_true(exists("outside/precious"));
	assert_false(exists("tree/out"));
}

static void test_no_names(void **state)
{
	(void)state;
	static char long_name[5000];
	uint64_t n;

	assert_int_equal(RUN("../outside/precious"), -EBADMSG);
	assert_int_equal(RUN("a/../../outside/precious"), -EBADMSG);
	assert_int_equal(RUN("/etc/passwd"), -EBADMSG);
	assert_int_equal(RUN(".."), -EBADMSG);
	assert_int_equal(RUN("a/."), -EBADMSG);
	assert_int_equal(RUN("a/"), -EBADMSG);
	assert_int_equal(RUN(""), -EBADMSG);
	assert_int_equal(run("top", 3), -EBADMSG); /* cut off */
	memset(long_name, 'a', sizeof(long_name) - 1);
	assert_int_equal(RUN(long_name), -EBADMSG);
	assert_true(exists("outside/precious") && exists("tree/top") && exists("tree/a/g"));
	assert_int_equal(removal_run("/nonexistent", "names", &n), -ENOENT);
	assert_int_equal(removal_run("tree", "/nonexistent", &n), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files_and_folders, setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_passed_over, setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_links_are_not_followed, setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_no_names, setup, folder_teardown),
	};

	return cmocka_run_group_tests_name("mirror/removal", tests, NULL, NULL);
}
