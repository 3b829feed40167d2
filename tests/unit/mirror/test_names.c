/* Lists of names as a listing leaves them. */
/* SPDX-License-Identifier: MIT */
#include "mirror/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/names-XXXXXX";

static void fill(const char *text, size_t len)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void test_names(void **state)
{
	static const char text[] = "pool/b\0new\nline\0a\0pool\0cut off";
	static const char *const sorted[] = {"a", "cut off", "new\nline", "pool", "pool/b"};
	struct names names;
	(void)state;

	fill(text, sizeof(text) - 1);
	assert_int_equal(names_read(path, &names), 0);
	assert_int_equal(names.n, 5);
	for (size_t i = 0; i < names.n; i++)
		assert_string_equal(names.all[i], sorted[i]);
	names_done(&names);
	fill("", 0);
	assert_int_equal(names_read(path, &names), 0);
	assert_int_equal(names.n, 0);
	names_done(&names);
	assert_int_equal(names_read("/nonexistent", &names), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};
	int fd = mkstemp(path);

	if (fd < 0)
		return EXIT_FAILURE;
	(void)close(fd);
	int rc = cmocka_run_group_tests_name("mirror/names", tests, NULL, NULL);
	(void)unlink(path);
	return rc;
}
