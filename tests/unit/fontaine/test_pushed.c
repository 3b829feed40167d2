/* What an upstream may say by ssh, and what it may not. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/pushed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static const char *const projects[] = {"debian", "security"};

static void test_words(void **state)
{
	static const struct {
		const char *text;
		enum pushed when;
		const char *project;
	} cases[] = {
		{NULL, PUSHED_NOW, "debian"},
		{"", PUSHED_NOW, "debian"},
		{"sync:all", PUSHED_NOW, "debian"},
		{"sync:stage2 sync:mhop", PUSHED_NOW, "debian"},
		{"sync:all  sync:callback sync:archive:security ", PUSHED_NOW, "security"},
		{"sync:archive:security sync:stage1", PUSHED_LATER, "security"},
		{"sync:stage1", PUSHED_LATER, "debian"},
		{"sync:archive:archive", PUSHED_REFUSED, NULL},
		{"sync:archive:", PUSHED_REFUSED, NULL},
		{"sync:archive:archive sync:archive:debian", PUSHED_REFUSED, NULL},
		{"sync:stage3", PUSHED_REFUSED, NULL},
		{"sync:all;reboot", PUSHED_REFUSED, NULL},
		{"reboot", PUSHED_REFUSED, NULL},
		{"sync:all $(reboot)", PUSHED_REFUSED, NULL},
		{"sync:all\nreboot", PUSHED_REFUSED, NULL},
		{"rsync --server --sender . /", PUSHED_REFUSED, NULL},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *project = NULL;
		if (pushed_read(cases[i].text, projects, 2, &project) != cases[i].when)
			fail_msg("%s", cases[i].text);
		assert_int_equal(project != NULL, cases[i].project != NULL);
		if (project != NULL)
			assert_string_equal(project, cases[i].project);
	}
}

static void test_too_long(void **state)
{
	char text[PUSHED_MAX_BYTES + 1];
	const char *project;
	(void)state;

	memset(text, ' ', sizeof(text));
	text[PUSHED_MAX_BYTES - 1] = '\0';
	assert_int_equal(pushed_read(text, projects, 1, &project), PUSHED_NOW);
	text[PUSHED_MAX_BYTES - 1] = ' ';
	text[PUSHED_MAX_BYTES] = '\0';
	assert_int_equal(pushed_read(text, projects, 1, &project), PUSHED_REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_too_long),
	};
	return cmocka_run_group_tests_name("fontaine/pushed", tests, NULL, NULL);
}
