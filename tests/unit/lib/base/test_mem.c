/* Memory: zeroed, resized, copied, formatted; and what happens when there is none. */
/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* AddressSanitizer would explain the failed allocation and exit in our stead. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void test_new_is_zeroed(void **state)
{
	(void)state;
	static const char zeroes[4096];

	for (int i = 0; i < 8; i++) {
		char *p = mem_new(sizeof(zeroes));
		assert_memory_equal(p, zeroes, sizeof(zeroes));
		memset(p, 0xa5, sizeof(zeroes));
		free(p);
	}
}

static void test_resize_keeps_content(void **state)
{
	(void)state;
	uint32_t *p = mem_resize(NULL, 2, sizeof(*p));

	p[0] = 1;
	p[1] = 2;
	p = mem_resize(p, 1000, sizeof(*p));
	assert_int_equal(p[0], 1);
	assert_int_equal(p[1], 2);
	p = mem_resize(p, 0, sizeof(*p)); /* still a pointer, as promised */
	assert_non_null(p);
	free(p);
}

static void test_texts(void **state)
{
	(void)state;
	char *copy = mem_strdup("fontaine");
	char *text = mem_printf("%s-%d", copy, 42);

	assert_string_equal(copy, "fontaine");
	assert_string_equal(text, "fontaine-42");
	assert_null(mem_strdup(NULL));
	free(copy);
	free(text);
}

static void *new_huge(void)
{
	volatile size_t size = SIZE_MAX / 2;
	return mem_new(size);
}

static void *resize_overflowing(void)
{
	volatile size_t count = SIZE_MAX / 2;
	return mem_resize(NULL, count, 4);
}

#ifndef SANITIZED
/* By the C library, for itself. */
static void *format_huge(void)
{
	char *text = NULL;

	(void)setrlimit(RLIMIT_AS, &(struct rlimit){1 << 28, 1 << 28});
	return asprintf(&text, "%*d", 1 << 30, 0) < 0 ? NULL : text;
}
#endif

static void test_out_of_memory_aborts(void **state)
{
	(void)state;
	void *(*const calls[])(void) = {
		new_huge,
		resize_overflowing,
#ifndef SANITIZED
		format_huge,
#endif
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			(void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
			(void)signal(SIGABRT, SIG_DFL);
			_exit(calls[i]() == NULL);
		}
		int status;
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGABRT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_is_zeroed),
		cmocka_unit_test(test_resize_keeps_content),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_out_of_memory_aborts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
