/* Servers judge configurations that are not in place yet. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/apply_check.h"

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
#include <unistd.h>

/** Have the file @name judged that says @text. Return: what apply_check() returns. */
static int judge(const char *name, const char *text, bool but_dns, struct buf *why)
{
	char dir[] = "/tmp/test-apply-check.XXXXXX";
	struct fileset staged;

	assert_non_null(mkdtemp(dir));
	fileset_init(&staged, dir);
	fileset_take(&staged, name, mem_strdup(text));
	fileset_take(&staged, "chrony/chrony.conf", NULL); /* a service that is off */
	assert_int_equal(fileset_write(&staged), 0);
	int rc = apply_check(&staged, but_dns, why);
	fileset_remove(&staged);
	fileset_done(&staged);
	assert_int_equal(access(dir, F_OK), -1);
	return rc;
}

static void test_each_server_is_asked(void **state)
{
	static const char *const names[] = {"unbound/unbound.conf", "knot/knot.conf", "chrony/chrony.conf",
	                                    "bird/bird.conf"};
	struct buf why;
	(void)state;

	buf_init(&why, 1 << 16);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(judge(names[i], "nonsense is no configuration\n", false, &why), -EINVAL);
		assert_true(why.len > 0);
		buf_done(&why);
	}
	assert_int_equal(judge("unbound/unbound.conf", "server:\n\tchroot: \"\"\n\tusername: \"\"\n", false, &why), 0);
	assert_int_equal(why.len, 0);
	assert_int_equal(judge("knot/knot.conf", "nonsense\n", true, &why), 0); /* it is not asked */
	buf_done(&why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_server_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
