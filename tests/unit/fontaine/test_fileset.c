/* A set of files: whole, replaced, taken away, and untouched after a failure. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/fileset.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct fixture {
	char root[32];
	char *dir;
	struct fileset set;
};

static void drop(const struct log_record *record)
{
	(void)record;
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	log_set_sink(drop);
	strcpy(f->root, "/tmp/fileset-XXXXXX");
	if (mkdtemp(f->root) == NULL)
		return -1;
	f->dir = mem_printf("%s/out", f->root);
	fileset_init(&f->set, f->dir);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char *command = mem_printf("rm -rf %s", f->root);

	int rc = system(command);
	free(command);
	fileset_done(&f->set);
	free(f->dir);
	free(f);
	return rc;
}

static void take(struct fixture *f, const char *name, const char *text)
{
	fileset_take(&f->set, name, mem_strdup(text));
}

static int write_set(struct fixture *f)
{
	int rc = fileset_write(&f->set);

	fileset_done(&f->set);
	return rc;
}

/** @text NULL: the file is not there. */
static void assert_file(const struct fixture *f, const char *name, const char *text)
{
	char *path = mem_printf("%s/%s", f->dir, name);
	struct buf b;

	buf_init(&b, 1000);
	int rc = buf_add_file(&b, path);
	if (text == NULL)
		assert_int_equal(rc, -ENOENT);
	else
		assert_string_equal(rc == 0 ? b.data : "", text);
	buf_done(&b);
	free(path);
}

static void test_writes_and_replaces(void **state)
{
	struct fixture *f = *state;

	take(f, "a.conf", "one");
	take(f, "b/c.conf", "two");
	assert_int_equal(write_set(f), 0);
	assert_file(f, "a.conf", "one");
	assert_file(f, "b/c.conf", "two");
	assert_file(f, "a.conf.new", NULL);

	take(f, "a.conf", "three");
	take(f, "b/c.conf", NULL);
	take(f, "b/never.conf", NULL);
	assert_int_equal(write_set(f), 0);
	assert_file(f, "a.conf", "three");
	assert_file(f, "b/c.conf", NULL);
}

static void test_failure_changes_nothing(void **state)
{
	struct fixture *f = *state;

	take(f, "a.conf", "old");
	assert_int_equal(write_set(f), 0);

	take(f, "a.conf", "new");
	take(f, "a.conf/b.conf", "below a file"); /* cannot be written */
	assert_int_equal(write_set(f), -ENOTDIR);
	assert_file(f, "a.conf", "old");
	assert_file(f, "a.conf.new", NULL);
}

static void test_what_cannot_be_put_in_place_is_told(void **state)
{
	struct fixture *f = *state;
	char *folder = mem_printf("%s/a.conf", f->dir);

	assert_int_equal(mkdir(f->dir, 0755), 0);
	assert_int_equal(mkdir(folder, 0755), 0);
	take(f, "a.conf", "new");
	assert_int_equal(write_set(f), -EISDIR);
	assert_file(f, "a.conf.new", NULL);
	free(folder);
}

static void test_files_are_readable_by_servers(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	(void)umask(022);
	take(f, "a.conf", "one");
	assert_int_equal(write_set(f), 0);
	char *path = mem_printf("%s/a.conf", f->dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0644);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_writes_and_replaces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failure_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_put_in_place_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_files_are_readable_by_servers, setup, teardown),
	};

	return cmocka_run_group_tests_name("fontaine/fileset", tests, NULL, NULL);
}
