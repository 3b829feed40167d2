/* The folder of a project: what a run finds there, whatever the run before it has left. */
/* SPDX-License-Identifier: MIT */
#include "mirror/workplace.h"

#include "folder.h"

#include <errno.h>

static struct workplace place;

static int setup(void **state)
{
	int rc = folder_setup(state);

	if (rc == 0)
		rc = workplace_init(&place, *state);
	return rc == 0 ? workplace_prepare(&place) : rc;
}

static void test_prepare(void **state)
{
	(void)state;
	struct workplace other;
	char long_path[PATH_MAX];

	folder_run("test -d work -a -d run/nothing -a ! -e current");
	folder_run("touch run/printed run/coming run/going run/probe work/kept run/dirty");
	folder_run("mkdir -p generations/7/pool generations/.going/pool");
	assert_int_equal(workplace_prepare(&place), 0);
	folder_run("test ! -e run/printed -a ! -e run/coming -a ! -e run/going -a ! -e run/probe");
	folder_run("test -e work/kept -a -e run/dirty -a -d generations/7/pool -a ! -e generations/.going");

	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 4] = '\0';
	assert_int_equal(workplace_init(&other, long_path), -ENAMETOOLONG);
	assert_int_equal(workplace_init(&other, "/nonexistent/project"), 0);
	assert_int_equal(workplace_prepare(&other), -ENOENT);
}

static void test_what_was_begun(void **state)
{
	(void)state;

	folder_run("mkdir -p work/a/.b.folder && touch work/.file.Ab12Cd work/a/.iso.1.2.xxxxxx");
	folder_run("touch work/file.Ab12Cd work/a/.short.x work/.folder work/a/.b.folder/kept");
	folder_run("ln -s ../outside work/.link.Ab12Cd");
	assert_int_equal(workplace_drop_begun(&place), 0);
	folder_run("test ! -e work/.file.Ab12Cd -a ! -e work/a/.iso.1.2.xxxxxx");
	folder_run("test -e work/file.Ab12Cd -a -e work/a/.short.x -a -e work/.folder -a -e work/a/.b.folder/kept");
	folder_run("test -L work/.link.Ab12Cd");
}

static void test_dirty(void **state)
{
	(void)state;

	assert_false(workplace_is_dirty(&place));
	assert_int_equal(workplace_set_dirty(&place), 0);
	assert_int_equal(workplace_set_dirty(&place), 0);
	assert_true(workplace_is_dirty(&place));
	assert_int_equal(workplace_set_clean(&place), 0);
	assert_int_equal(workplace_set_clean(&place), 0);
	assert_false(workplace_is_dirty(&place));
	assert_false(workplace_has_current(&place));
	folder_run("ln -s generations/7 current");
	assert_false(workplace_has_current(&place)); /* it leads nowhere */
	folder_run("mkdir -p generations/7");
	assert_true(workplace_has_current(&place));
}

static void test_probe(void **state)
{
	(void)state;
	struct workplace_probe p;

	assert_int_equal(workplace_compare(&place, "t/master", &p), -ENOENT); /* nothing was fetched */
	folder_run("echo 'Archive serial: 8' >run/probe");
	assert_int_equal(workplace_compare(&place, "t/master", &p), 0); /* nothing is published */
	assert_false(p.is_same);
	assert_int_equal(p.serial_here, 0);
	assert_int_equal(p.serial_there, 8);
	folder_run("mkdir -p current/t && echo 'Archive serial: 7' >current/t/master");
	assert_int_equal(workplace_compare(&place, "t/master", &p), 0);
	assert_false(p.is_same);
	assert_int_equal(p.serial_here, 7);
	folder_run("cp run/probe current/t/master");
	assert_int_equal(workplace_compare(&place, "t/master", &p), 0);
	assert_true(p.is_same);
	folder_run(": >run/probe && : >current/t/master"); /* two files with nothing in them say nothing */
	assert_int_equal(workplace_compare(&place, "t/master", &p), 0);
	assert_false(p.is_same);
}

static void test_list_and_space(void **state)
{
	(void)state;
	struct listing l;
	uint64_t n_free = 0, size = 0;

	folder_run("printf '|>f+++++++++|1|a\\nNumber of files: 1 (reg: 1)\\n' >run/printed");
	assert_int_equal(workplace_list(&place, "a", &l), 0);
	assert_true(l.is_sentinel_new);
	folder_run("test -s run/coming -a -e run/going");
	assert_int_equal(workplace_space(&place, &n_free, &size), 0);
	assert_true(n_free > 0 && n_free <= size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_prepare, setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_what_was_begun, setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_dirty, setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_probe, setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_list_and_space, setup, folder_teardown),
	};

	return cmocka_run_group_tests_name("mirror/workplace", tests, NULL, NULL);
}
