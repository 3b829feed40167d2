/* Programs that are run: what they say, how they end, and when they do not. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

enum {
	ROOM = 200,
	SHORT_MS = 2000,
	LONG_MS = 20000,
};

static void test_programs(void **state)
{
	static const struct {
		const char *script;
		int status;
		const char *said;
	} cases[] = {
		{"echo out; echo err >&2; exit 3", 3, "out\nerr\n"},
		{"read line || echo nothing to read", 0, "nothing to read\n"},
		{"kill -KILL $$", 128 + 9, ""},
		{"echo first; exec sleep 60", -ETIMEDOUT, "first\n"},
	};
	struct buf said;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *argv[] = {"sh", "-c", cases[i].script, NULL};
		buf_init(&said, ROOM);
		assert_int_equal(child_run(argv, cases[i].status < 0 ? SHORT_MS : LONG_MS, &said), cases[i].status);
		assert_string_equal(buf_text(&said), cases[i].said);
		buf_done(&said);
	}
}

static void test_one_that_says_more_than_there_is_room_for(void **state)
{
	const char *argv[] = {"sh", "-c", "yes | head -c 1000000; exit 4", NULL};
	struct buf said;
	(void)state;

	buf_init(&said, ROOM);
	assert_int_equal(child_run(argv, LONG_MS, &said), 4);
	assert_true(said.len <= ROOM);
	buf_done(&said);
}

static void test_one_that_is_not_there(void **state)
{
	const char *argv[] = {"/nowhere/at/all", NULL};
	struct buf said;
	(void)state;

	buf_init(&said, ROOM);
	assert_int_equal(child_run(argv, LONG_MS, &said), -ENOENT);
	assert_string_equal(said.data, "/nowhere/at/all: No such file or directory\n");
	buf_done(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_one_that_says_more_than_there_is_room_for),
		cmocka_unit_test(test_one_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
