/* The folder of a project: what a run finds there, whatever the run before it has left. */
/* SPDX-License-Identifier: MIT */
#include "mirror/workplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	char folder[40];
	struct workplace place;
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

	(void)snprintf(f.folder, sizeof(f.folder), "/tmp/workplace-XXXXXX");
	if (mkdtemp(f.folder) == NULL || workplace_init(&f.place, f.folder) < 0)
		return -1;
	*state = &f;
	return workplace_prepare(&f.place);
}

static int teardown(void **state)
{
	const struct fixture *f = *state;
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	return system(command);
}

static void test_prepare(void **state)
{
	const struct fixture *f = *state;
	struct workplace other;
	char long_path[PATH_MAX];

	shell(f, "test -d work -a -d run/nothing -a -d run/scratch -a ! -e current");
	shell(f, "touch run/printed run/coming run/going run/probe work/kept run/dirty");
	assert_int_equal(workplace_prepare(&f->place), 0);
	shell(f, "test ! -e run/printed -a ! -e run/coming -a ! -e run/going -a ! -e run/probe");
	shell(f, "test -e work/kept -a -e run/dirty");

	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 4] = '\0';
	assert_int_equal(workplace_init(&other, long_path), -ENAMETOOLONG);
	assert_int_equal(workplace_init(&other, "/nonexistent/project"), 0);
	assert_int_equal(workplace_prepare(&other), -ENOENT);
}

static void test_dirty(void **state)
{
	const struct fixture *f = *state;

	assert_false(workplace_is_dirty(&f->place));
	assert_int_equal(workplace_set_dirty(&f->place), 0);
	assert_int_equal(workplace_set_dirty(&f->place), 0);
	assert_true(workplace_is_dirty(&f->place));
	assert_int_equal(workplace_set_clean(&f->place), 0);
	assert_int_equal(workplace_set_clean(&f->place), 0);
	assert_false(workplace_is_dirty(&f->place));
	assert_false(workplace_has_current(&f->place));
	shell(f, "ln -s generations/7 current");
	assert_false(workplace_has_current(&f->place)); /* it leads nowhere */
	shell(f, "mkdir -p generations/7");
	assert_true(workplace_has_current(&f->place));
}

static void test_probe(void **state)
{
	const struct fixture *f = *state;
	struct workplace_probe p;

	assert_int_equal(workplace_compare(&f->place, "t/master", &p), -ENOENT); /* nothing was fetched */
	shell(f, "echo 'Archive serial: 8' >run/probe");
	assert_int_equal(workplace_compare(&f->place, "t/master", &p), 0); /* nothing is published */
	assert_false(p.is_same);
	assert_int_equal(p.serial_here, 0);
	assert_int_equal(p.serial_there, 8);
	shell(f, "mkdir -p current/t && echo 'Archive serial: 7' >current/t/master");
	assert_int_equal(workplace_compare(&f->place, "t/master", &p), 0);
	assert_false(p.is_same);
	assert_int_equal(p.serial_here, 7);
	shell(f, "cp run/probe current/t/master");
	assert_int_equal(workplace_compare(&f->place, "t/master", &p), 0);
	assert_true(p.is_same);
	shell(f, ": >run/probe && : >current/t/master"); /* two files with nothing in them say nothing */
	assert_int_equal(workplace_compare(&f->place, "t/master", &p), 0);
	assert_false(p.is_same);
}

static void test_list_and_space(void **state)
{
	const struct fixture *f = *state;
	struct listing l;
	uint64_t n_free = 0, size = 0;

	shell(f, "printf '|>f+++++++++|1|a\\nNumber of files: 1 (reg: 1)\\n' >run/printed");
	assert_int_equal(workplace_list(&f->place, "a", &l), 0);
	assert_true(l.is_sentinel_new);
	shell(f, "test -s run/coming -a -e run/going");
	assert_int_equal(workplace_space(&f->place, &n_free, &size), 0);
	assert_true(n_free > 0 && n_free <= size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_prepare, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dirty, setup, teardown),
		cmocka_unit_test_setup_teardown(test_probe, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list_and_space, setup, teardown),
	};

	return cmocka_run_group_tests_name("mirror/workplace", tests, NULL, NULL);
}
