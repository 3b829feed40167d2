/* Deleting in a tree whose owner would like to have something else deleted. */
/* SPDX-License-Identifier: MIT */
#include "mirror/removal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
	char folder[32], tree[48], names[48];
};

static void shell(const struct fixture *f, const char *command)
{
	char text[1024];

	assert_true(snprintf(text, sizeof(text), "cd %s && %s", f->folder, command) < (int)sizeof(text));
	assert_int_equal(system(text), 0);
}

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.folder = "/tmp/removal-XXXXXX"};
	if (mkdtemp(f.folder) == NULL)
		return -1;
	(void)snprintf(f.tree, sizeof(f.tree), "%s/tree", f.folder);
	(void)snprintf(f.names, sizeof(f.names), "%s/names", f.folder);
	shell(&f, "mkdir -p tree/a/b outside && touch tree/a/b/f tree/a/g tree/top outside/precious &&"
	          " ln -s ../outside tree/out && ln -s a tree/inside && ln -s top tree/link");
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	const struct fixture *f = *state;
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	return system(command);
}

static bool exists(const struct fixture *f, const char *name)
{
	char path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/%s", f->folder, name);
	return lstat(path, &st) == 0;
}

/* @names: as in the file, of @len bytes. Return: how many went, or what removal_run() says. */
static int run(const struct fixture *f, const void *names, size_t len)
{
	FILE *file = fopen(f->names, "w");
	uint64_t n = 0;

	assert_non_null(file);
	assert_int_equal(fwrite(names, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	int rc = removal_run(f->tree, f->names, &n);
	return rc < 0 ? rc : (int)n;
}

#define RUN(f, names) run(f, names, sizeof(names))

static void test_files_and_folders(void **state)
{
	const struct fixture *f = *state;

	assert_int_equal(RUN(f, "a/b/f\0a/b\0top\0link"), 4);
	assert_false(exists(f, "tree/a/b") || exists(f, "tree/top") || exists(f, "tree/link"));
	assert_true(exists(f, "tree/a/g"));
	assert_int_equal(run(f, "", 0), 0);
}

static void test_passed_over(void **state)
{
	const struct fixture *f = *state;

	assert_int_equal(RUN(f, "a\0nothing\0no/thing\0top/below\0a/g"), 1); /* a has more in it */
	assert_true(exists(f, "tree/a/b/f") && exists(f, "tree/top"));
	assert_false(exists(f, "tree/a/g"));
}

static void test_links_are_not_followed(void **state)
{
	const struct fixture *f = *state;

	assert_int_equal(RUN(f, "out/precious\0inside/g"), 0);
	assert_true(exists(f, "outside/precious") && exists(f, "tree/a/g"));
	assert_int_equal(RUN(f, "out"), 1); /* the link itself */
	assert_true(exists(f, "outside/precious"));
	assert_false(exists(f, "tree/out"));
}

static void test_no_names(void **state)
{
	const struct fixture *f = *state;
	static char long_name[5000];
	uint64_t n;

	assert_int_equal(RUN(f, "../outside/precious"), -EBADMSG);
	assert_int_equal(RUN(f, "a/../../outside/precious"), -EBADMSG);
	assert_int_equal(RUN(f, "/etc/passwd"), -EBADMSG);
	assert_int_equal(RUN(f, ".."), -EBADMSG);
	assert_int_equal(RUN(f, "a/."), -EBADMSG);
	assert_int_equal(RUN(f, "a/"), -EBADMSG);
	assert_int_equal(RUN(f, ""), -EBADMSG);
	assert_int_equal(run(f, "top", 3), -EBADMSG); /* cut off */
	memset(long_name, 'a', sizeof(long_name) - 1);
	assert_int_equal(RUN(f, long_name), -EBADMSG);
	assert_true(exists(f, "outside/precious") && exists(f, "tree/top") && exists(f, "tree/a/g"));
	assert_int_equal(removal_run("/nonexistent", f->names, &n), -ENOENT);
	assert_int_equal(removal_run(f->tree, "/nonexistent", &n), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_files_and_folders, setup, teardown),
		cmocka_unit_test_setup_teardown(test_passed_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_links_are_not_followed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_names, setup, teardown),
	};

	return cmocka_run_group_tests_name("mirror/removal", tests, NULL, NULL);
}
