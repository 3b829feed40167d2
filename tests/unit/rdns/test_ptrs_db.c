/* Hosted names in their database: found, replaced, and listed page by page. */
/* SPDX-License-Identifier: MIT */
#include "rdns/ptrs_db.h"

#include "base/json_write.h"
#include "members.h"

#include <errno.h>
#include <stdlib.h>

/* The members 1 and 2, and the version 1. */
static int setup(void **state)
{
	struct members m;
	int rc = open_members(&m);

	*state = m.db;
	return rc == 0 ? note_version(&m) : rc;
}

static int teardown(void **state)
{
	return sqlite3_close(*state); /* fails over a statement that was forgotten */
}

static struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, 0, &a), 0);
	return a;
}

static void put(sqlite3 *db, int64_t member, const char *where, const char *name)
{
	struct addr a = address(where);

	assert_int_equal(ptrs_db_put(db, &a, name, member, 1), 0);
}

static void assert_page(sqlite3 *db, const struct ptrs_filter *filter, const char *expected, const char *expected_more)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);
	char more[ADDR_TEXT_MAX];

	assert_int_equal(ptrs_db_list(db, filter, doc, list, more), 0);
	char *text = json_take(doc, list);
	assert_string_equal(text, expected);
	assert_string_equal(more, expected_more);
	free(text);
}

#define ROW(address, asn, name) \
	"{\"address\":\"" address "\",\"asn\":" asn ",\"state\":\"pending\"," \
	"\"etag\":\"\\\"1\\\"\",\"name\":\"" name "\"}"

static void test_replaced_and_gone(void **state)
{
	struct addr a = address("192.0.2.1"), mapped = address("::ffff:192.0.2.2");
	struct ptrs_row row;

	put(*state, 1, "192.0.2.1", "a.example");
	put(*state, 2, "192.0.2.1", "b.example");
	assert_int_equal(ptrs_db_get(*state, &a, &row), 0);
	assert_true(addr_equal(&row.address, &a));
	assert_string_equal(row.name, "b.example");
	assert_int_equal(row.asn, 64501);
	assert_int_equal(row.member, 2);
	assert_int_equal(row.state, RDNS_PENDING);
	assert_int_equal(ptrs_db_remove(*state, &a), 0);
	assert_int_equal(ptrs_db_remove(*state, &a), -ENOENT);
	assert_int_equal(ptrs_db_get(*state, &a, &row), -ENOENT);
	assert_int_equal(ptrs_db_get(*state, &mapped, &row), -ENOENT);
}

static void test_pages(void **state)
{
	struct addr after = address("192.0.2.9");
	struct prefix ipv4, ipv6;

	assert_int_equal(prefix_parse("192.0.2.0/28", &ipv4), 0);
	assert_int_equal(prefix_parse("2001:db8::/32", &ipv6), 0);
	assert_page(*state, &(struct ptrs_filter){.limit = 2}, "[]", "");
	put(*state, 1, "192.0.2.10", "c.example");
	put(*state, 1, "192.0.2.9", "b.example");
	put(*state, 2, "192.0.2.16", "d.example");
	put(*state, 1, "2001:db8::1", "e.example");
	assert_page(*state, &(struct ptrs_filter){.limit = 1},
	            "[" ROW("192.0.2.9", "64500", "b.example") "]", "192.0.2.9");
	assert_page(*state, &(struct ptrs_filter){.limit = 2, .after = &after},
	            "[" ROW("192.0.2.10", "64500", "c.example") "," ROW("192.0.2.16", "64501", "d.example") "]",
	            "192.0.2.16");
	assert_page(*state, &(struct ptrs_filter){.limit = 1, .within = &ipv4, .after = &after},
	            "[" ROW("192.0.2.10", "64500", "c.example") "]", "");
	assert_page(*state, &(struct ptrs_filter){.limit = 1, .within = &ipv6},
	            "[" ROW("2001:db8::1", "64500", "e.example") "]", "");
	assert_page(*state, &(struct ptrs_filter){.limit = 9, .member = 2},
	            "[" ROW("192.0.2.16", "64501", "d.example") "]", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_replaced_and_gone),
		TEST(test_pages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
