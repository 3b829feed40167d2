/* Buffers: growth, the limit, and files. */
/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_grows_byte_by_byte(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 100000);
	for (size_t i = 0; i < 100000; i++) {
		char c = (char)('a' + i % 26);
		assert_int_equal(buf_add(&b, &c, 1), 0);
		assert_int_equal(b.len, i + 1);
		assert_int_equal(b.data[b.len], '\0');
	}
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	buf_done(&b);
	assert_null(b.data);
	assert_int_equal(b.max_bytes, 100000);
}

static void test_limit(void **state)
{
	(void)state;
	static const struct {
		size_t max;
		const char *text;
		int rc;
	} cases[] = {
		{0, "", 0},
		{0, "a", -ENOBUFS},
		{3, "abc", 0},
		{3, "abcd", -ENOBUFS},
		{2, "a very long text that would need more than the least capacity of a buffer",
	         -ENOBUFS},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf added, printed;

		buf_init(&added, cases[i].max);
		buf_init(&printed, cases[i].max);
		assert_int_equal(buf_add(&added, cases[i].text, strlen(cases[i].text)), cases[i].rc);
		assert_int_equal(buf_printf(&printed, "%s", cases[i].text), cases[i].rc);
		size_t len = cases[i].rc == 0 ? strlen(cases[i].text) : 0;
		assert_int_equal(added.len, len);
		assert_int_equal(printed.len, len);
		buf_done(&added);
		buf_done(&printed);
	}
}

static void test_refusal_keeps_what_is_there(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 8);
	assert_int_equal(buf_printf(&b, "%d-%s", 12, "abcd"), 0);
	assert_int_equal(buf_printf(&b, "%d", 55), -ENOBUFS);
	assert_int_equal(buf_add(&b, "xy", SIZE_MAX), -ENOBUFS); /* no overflow of the sum */
	assert_string_equal(b.data, "12-abcd");
	assert_int_equal(buf_add(&b, "!", 1), 0);
	assert_string_equal(b.data, "12-abcd!");
	buf_done(&b);
}

static void test_drop(void **state)
{
	(void)state;
	struct buf b;

	buf_init(&b, 64);
	buf_drop(&b, 0);
	assert_int_equal(buf_add(&b, "a\0bcd", 5), 0);
	buf_drop(&b, 2);
	assert_string_equal(b.data, "bcd");
	buf_drop(&b, 3);
	assert_int_equal(b.len, 0);
	assert_string_equal(b.data, "");
	buf_done(&b);
}

static void test_take_text(void **state)
{
	(void)state;
	struct buf b;
	char *text;

	buf_init(&b, 64);
	text = buf_take_text(&b);
	assert_string_equal(text, "");
	free(text);

	assert_int_equal(buf_printf(&b, "POP"), 0);
	text = buf_take_text(&b);
	assert_string_equal(text, "POP");
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	free(text);

	assert_int_equal(buf_printf(&b, "again"), 0); /* usable, with the same limit */
	assert_int_equal(b.max_bytes, 64);
	buf_done(&b);
}

static void test_file(void **state)
{
	(void)state;
	char path[] = "/tmp/fontaine-buf-XXXXXX";
	char block[50000];
	struct buf b;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	memset(block, 'z', sizeof(block));
	assert_int_equal(write(fd, block, sizeof(block)), sizeof(block));
	(void)close(fd);

	buf_init(&b, sizeof(block) + 1);
	assert_int_equal(buf_add(&b, ">", 1), 0);
	assert_int_equal(buf_add_file(&b, path), 0); /* exactly full */
	assert_int_equal(b.len, sizeof(block) + 1);
	assert_memory_equal(b.data + 1, block, sizeof(block));

	buf_drop(&b, sizeof(block) - 1);
	assert_int_equal(buf_add_file(&b, path), -ENOBUFS); /* after some of it was read */
	assert_string_equal(b.data, "zz");

	assert_int_equal(buf_add_file(&b, "/tmp"), -EISDIR);
	(void)unlink(path);
	assert_int_equal(buf_add_file(&b, path), -ENOENT);
	assert_string_equal(b.data, "zz");
	buf_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows_byte_by_byte),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_refusal_keeps_what_is_there),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_take_text),
		cmocka_unit_test(test_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
