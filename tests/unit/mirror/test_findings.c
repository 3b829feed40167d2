/* Findings: counted, and told up to a limit. */
/* SPDX-License-Identifier: MIT */
#include "mirror/findings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void test_summary(void **state)
{
	struct findings f = {0};
	struct buf b;
	char name[32];
	(void)state;

	buf_init(&b, 4096);
	assert_int_equal(findings_count(&f), 0);
	findings_add(&f, FINDING_SIZE, "a", "has %d bytes", 3);
	findings_add(&f, FINDING_MISSING, "b\n", "is named");
	findings_summary(&f, 9, &b);
	assert_string_equal(b.data, "1 missing, 1 of another size: a: has 3 bytes; b\\012: is named");
	buf_drop(&b, b.len);
	findings_summary(&f, 1, &b);
	assert_string_equal(b.data, "1 missing, 1 of another size: a: has 3 bytes; and 1 more");
	for (unsigned i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "file%u", i);
		findings_add(&f, FINDING_MISSING, name, "is named");
	}
	assert_int_equal(findings_count(&f), 1002);
	assert_int_equal(f.n_told, FINDINGS_TOLD_MAX);
	buf_drop(&b, b.len);
	findings_summary(&f, 0, &b);
	assert_string_equal(b.data, "1001 missing, 1 of another size: and 1002 more");
	findings_done(&f);
	assert_int_equal(findings_count(&f), 0);
	buf_done(&b);
}

/** A path as long as one can be leaves room for what is wrong with it. */
static void test_long_path(void **state)
{
	struct findings f = {0};
	char path[4000];
	(void)state;

	memset(path, '\n', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	findings_add(&f, FINDING_UNSAFE, path, "%s", path);
	assert_true(strlen(f.told[0]) < FINDING_TEXT_MAX);
	memset(path, 'x', sizeof(path) - 1);
	findings_add(&f, FINDING_UNSAFE, path, "is a device");
	assert_non_null(strstr(f.told[1], "x: is a device"));
	findings_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summary),
		cmocka_unit_test(test_long_path),
	};
	return cmocka_run_group_tests_name("mirror/findings", tests, NULL, NULL);
}
