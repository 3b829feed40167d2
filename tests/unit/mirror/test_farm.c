/* Farms of hard links: made, brought up to date by what differs only, and removed. */
/* SPDX-License-Identifier: MIT */
#include "mirror/farm.h"

#include "folder.h"

#include <errno.h>

static struct farm_counts counts;

static int update(void)
{
	int from = open("from", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int to = open("to", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(from >= 0 && to >= 0);
	int rc = farm_update(from, to, NULL, &counts);
	(void)close(from);
	(void)close(to);
	return rc;
}

/** It is done, so many files were linked, kept and removed, and both trees are the same. */
static void update_and_compare(uint64_t linked, uint64_t kept, uint64_t removed)
{
	assert_int_equal(update(), 0);
	assert_int_equal(counts.linked, linked);
	assert_int_equal(counts.kept, kept);
	assert_int_equal(counts.removed, removed);
	folder_run("list() { cd $1 && find . -printf '%p %y %l %T@ %i\\n' | sed '/ d /s/[0-9]*$//' | sort; };"
	           "(list from) >a && (list to) >b && cmp a b");
}

static void test_update(void **state)
{
	(void)state;

	folder_run("mkdir -p from/pool/a from/empty to && cd from && echo 1 >pool/a/one && echo 2 >two && "
	           "ln -s two link");
	folder_run("printf x >'from/new\nline' && touch -d 2020-01-01 from/pool/a from/empty");
	update_and_compare(4, 0, 0);
	update_and_compare(0, 4, 0);

	folder_run("echo 3 >from/.t && mv from/.t from/two"); /* as rsync replaces it */
	assert_true(folder_has("to/two", "2\n"));
	update_and_compare(1, 3, 1);

	folder_run("rm -r from/pool from/link && echo file >from/pool && mkdir from/link && touch from/link/x");
	update_and_compare(2, 2, 2); /* a folder becomes a file, and a link a folder */

	folder_run("rm from/pool && mkdir -p from/pool/deep/er && touch from/pool/deep/er/x && rm -r from/link");
	update_and_compare(1, 2, 2);

	folder_run("mkdir -p to/strange/thing && touch to/strange/thing/a to/zz && ln -s / to/up");
	update_and_compare(0, 3, 3);
	folder_run("rm -r from && mkdir from");
	update_and_compare(0, 0, 3);
}

/** What differs in a large folder is found by its listing. */
static void test_large_folder(void **state)
{
	(void)state;

	folder_run("mkdir -p from/d to && cd from/d && seq 100000 | xargs touch");
	update_and_compare(100000, 0, 0);
	folder_run("cd from/d && rm 7 8 99999 && touch 100001 0");
	update_and_compare(2, 99997, 3);
}

static void test_limits(void **state)
{
	atomic_bool is_cancelled = true;
	(void)state;

	folder_run("mkdir -p to from; d=from; for i in $(seq 80); do d=$d/d; done; mkdir -p $d");
	assert_int_equal(update(), -ELOOP);
	assert_int_equal(farm_remove(AT_FDCWD, "from"), 0);
	assert_int_equal(farm_remove(AT_FDCWD, "to"), 0);
	assert_int_equal(access("from", F_OK), -1);
	assert_int_equal(farm_remove(AT_FDCWD, "from"), 0);
	folder_run("mkdir from to && touch from/x");
	int from = open("from", O_RDONLY | O_CLOEXEC), to = open("to", O_RDONLY | O_CLOEXEC);
	assert_int_equal(farm_update(from, to, &is_cancelled, &counts), -ECANCELED);
	(void)close(from);
	(void)close(to);
}

/** Links are removed, not what they lead to. */
static void test_remove_link(void **state)
{
	(void)state;

	folder_run("mkdir -p kept gone/in && touch kept/file && ln -s ../kept gone/link && "
	           "ln -s ../../kept gone/in/link");
	assert_int_equal(farm_remove(AT_FDCWD, "gone"), 0);
	assert_int_equal(access("gone", F_OK), -1);
	assert_int_equal(access("kept/file", F_OK), 0);
	folder_run("ln -s kept link");
	assert_int_equal(farm_remove(AT_FDCWD, "link"), 0);
	assert_int_equal(farm_remove(AT_FDCWD, "kept/file"), 0);
	assert_int_equal(access("kept", F_OK), 0);
}

static void test_probe(void **state)
{
	int own = open(".", O_RDONLY | O_CLOEXEC), kernel = open("/proc", O_RDONLY | O_CLOEXEC);
	(void)state;

	folder_run("touch .probe-link"); /* of a probe that was cut off */
	assert_int_equal(farm_probe(own), 0);
	folder_run("test -z \"$(ls -A)\"");
	assert_true(farm_probe(kernel) < 0);
	(void)close(own);
	(void)close(kernel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_update, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_large_folder, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_limits, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_remove_link, folder_setup, folder_teardown),
		cmocka_unit_test_setup_teardown(test_probe, folder_setup, folder_teardown),
	};
	return cmocka_run_group_tests_name("mirror/farm", tests, NULL, NULL);
}
