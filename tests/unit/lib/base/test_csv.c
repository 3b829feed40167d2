/* CSV: rows as spreadsheets and people write them, and rows that are none. */
/* SPDX-License-Identifier: MIT */
#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void test_rows(void **state)
{
	static const char text[] = "\xef\xbb\xbf"
				   "a,b,c\r\n"
				   "\n"
				   "\"x, \"\"y\"\"\",,\"\"\n"
				   ",\n"
				   "last";
	struct csv c = csv_start(text, strlen(text));
	struct csv_row row;
	(void)state;

	assert_int_equal(csv_next(&c, &row), 1);
	assert_int_equal(c.line, 1);
	assert_int_equal(row.n, 3);
	assert_string_equal(row.fields[0], "a");
	assert_string_equal(row.fields[2], "c");
	assert_int_equal(csv_next(&c, &row), 1);
	assert_int_equal(c.line, 3);
	assert_int_equal(row.n, 3);
	assert_string_equal(row.fields[0], "x, \"y\"");
	assert_string_equal(row.fields[1], "");
	assert_string_equal(row.fields[2], "");
	assert_int_equal(csv_next(&c, &row), 1);
	assert_int_equal(row.n, 2);
	assert_string_equal(row.fields[1], "");
	assert_int_equal(csv_next(&c, &row), 1);
	assert_int_equal(row.n, 1);
	assert_string_equal(row.fields[0], "last");
	assert_int_equal(c.line, 5);
	assert_int_equal(csv_next(&c, &row), 0);
	assert_int_equal(csv_next(&c, &row), 0);
}

static void test_malformed_rows(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
		{"\"open", -EINVAL},
		{"\"open\nb", -EINVAL},
		{"a\"b", -EINVAL},
		{"\"a\"b", -EINVAL},
		{"\"a\" ,b", -EINVAL},
		{"1,2,3,4,5,6,7,8", 1},
		{"1,2,3,4,5,6,7,8,9", -E2BIG},
		{"1,2,3,4,5,6,7,8,", -E2BIG},
		{"", 0},
		{"\r\n\n\r\n", 0},
	};
	struct csv_row row;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct csv c = csv_start(cases[i].text, strlen(cases[i].text));
		assert_int_equal(csv_next(&c, &row), cases[i].rc);
	}
	struct csv c = csv_start("a\0b\nc", 5);
	assert_int_equal(csv_next(&c, &row), -EINVAL);
	assert_int_equal(csv_next(&c, &row), 1); /* the row after a malformed one */
	assert_string_equal(row.fields[0], "c");
}

static void test_longest_row(void **state)
{
	char text[CSV_ROW_MAX_BYTES + 1];
	struct csv_row row;
	(void)state;

	memset(text, 'x', sizeof(text));
	struct csv c = csv_start(text, CSV_ROW_MAX_BYTES - 1);
	assert_int_equal(csv_next(&c, &row), 1);
	assert_int_equal(strlen(row.fields[0]), CSV_ROW_MAX_BYTES - 1);
	c = csv_start(text, CSV_ROW_MAX_BYTES);
	assert_int_equal(csv_next(&c, &row), -E2BIG);
	memset(text, ',', sizeof(text));
	c = csv_start(text, CSV_ROW_MAX_BYTES - 1);
	assert_int_equal(csv_next(&c, &row), -E2BIG);
}

/** Whatever the bytes are, it ends, and no field lies outside the row. */
static void test_any_bytes(void **state)
{
	static const char letters[] = "a,\"\n\r";
	char text[64];
	struct csv_row row;
	(void)state;

	srandom(1);
	for (int i = 0; i < 20000; i++) {
		size_t len = (size_t)random() % sizeof(text);
		for (size_t j = 0; j < len; j++)
			text[j] = letters[(size_t)random() % sizeof(letters)];
		struct csv c = csv_start(text, len);
		int rc;
		while ((rc = csv_next(&c, &row)) != 0)
			for (unsigned k = 0; rc > 0 && k < row.n; k++)
				assert_true(row.fields[k] + strlen(row.fields[k]) < row.text + CSV_ROW_MAX_BYTES);
		assert_ptr_equal(c.at, c.end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_malformed_rows),
		cmocka_unit_test(test_longest_row),
		cmocka_unit_test(test_any_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
