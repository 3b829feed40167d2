/* SPDX-License-Identifier: MIT */
#include "speedtest/tally.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define ID   "0123456789abcdef0123456789abcdef"
#define ID_2 "0123456789abcdef0123456789abcde0"

static void bytes_of_one_test_add_up(void **state)
{
	struct tally *t = tally_new(64);
	uint64_t bytes = 0;
	(void)state;

	struct tally_entry *first = tally_get(t, ID, 0), *second = tally_get(t, ID, 0);
	struct tally_entry *other = tally_get(t, ID_2, 0);
	assert_ptr_equal(first, second);
	assert_ptr_not_equal(first, other);
	tally_add(first, 3);
	tally_add(second, 4);
	tally_add(other, 100);
	assert_int_equal(tally_read(t, ID, &bytes), 0);
	assert_int_equal(bytes, 7);
	tally_put(t, first, 0);
	tally_put(t, second, 0);
	assert_int_equal(tally_read(t, ID, &bytes), 0);
	assert_int_equal(bytes, 7); /* still there for the page to read */
	tally_free(t);
}

static void only_a_name_of_128_bits_counts(void **state)
{
	static const char *const bad[] = {"", "abc", ID "0", "0123456789ABCDEF0123456789ABCDEF",
	                                  "0123456789abcdef0123456789abcdeg"};
	struct tally *t = tally_new(64);
	uint64_t bytes;
	(void)state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_null(tally_get(t, bad[i], 0));
		assert_int_equal(tally_read(t, bad[i], &bytes), -ENOENT);
	}
	assert_int_equal(tally_read(t, ID, &bytes), -ENOENT);
	tally_free(t);
}

enum { ROOM = 8 };

/* Start as many tests as there is room for; each has 5 bytes. The n-th is named by its last digit. */
static struct tally *full_tally(char id[sizeof(ID)], struct tally_entry *ret_entries[ROOM])
{
	struct tally *t = tally_new(ROOM);

	for (int i = 0; i < ROOM; i++) {
		id[31] = (char)('0' + i);
		ret_entries[i] = tally_get(t, id, 0);
		assert_non_null(ret_entries[i]);
		tally_add(ret_entries[i], 5);
	}
	id[31] = '9';
	return t;
}

static void a_full_tally_keeps_the_tests_that_run(void **state)
{
	struct tally_entry *entries[ROOM];
	char id[] = ID;
	struct tally *t = full_tally(id, entries);
	uint64_t bytes;
	(void)state;

	assert_null(tally_get(t, id, TALLY_KEEP_MS * 10));
	id[31] = '0';
	assert_int_equal(tally_read(t, id, &bytes), 0);
	tally_free(t);
}

static void a_test_is_forgotten_after_its_time(void **state)
{
	struct tally_entry *entries[ROOM];
	char id[] = ID;
	struct tally *t = full_tally(id, entries);
	uint64_t bytes;
	(void)state;

	for (int i = 0; i < ROOM; i++)
		tally_put(t, entries[i], 1000);
	assert_null(tally_get(t, id, 1000 + TALLY_KEEP_MS));
	struct tally_entry *e = tally_get(t, id, 1001 + TALLY_KEEP_MS);
	assert_non_null(e);
	assert_int_equal(tally_read(t, id, &bytes), 0);
	assert_int_equal(bytes, 0);
	tally_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_of_one_test_add_up),
		cmocka_unit_test(only_a_name_of_128_bits_counts),
		cmocka_unit_test(a_full_tally_keeps_the_tests_that_run),
		cmocka_unit_test(a_test_is_forgotten_after_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
