/* Members that come, are renamed, vanish and come back; tokens made, used, revoked. */
/* SPDX-License-Identifier: MIT */
#include "rdns/members_db.h"

#include "base/json_write.h"
#include "base/log.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>

static void ignore(const struct log_record *record)
{
	(void)record;
}

static int setup(void **state)
{
	log_set_sink(ignore);
	return db_open(":memory:", rdns_migrations, (sqlite3 **)state);
}

static int teardown(void **state)
{
	return sqlite3_close(*state); /* fails over a statement that was forgotten */
}

static void test_members(void **state)
{
	int64_t first, second, again;
	struct member m;

	assert_int_equal(members_db_find(*state, 64500, &m), -ENOENT);
	assert_int_equal(members_db_put(*state, 64500, "Café", &first), 0);
	assert_int_equal(members_db_put(*state, UINT32_MAX, "Last", &second), 0);
	assert_int_not_equal(first, second);
	assert_int_equal(members_db_find(*state, UINT32_MAX, &m), 0);
	assert_int_equal(m.id, second);
	assert_int_equal(m.asn, UINT32_MAX);

	assert_int_equal(members_db_freeze(*state, 64500, 1000), 0);
	assert_int_equal(members_db_freeze(*state, 64500, 2000), 0);
	assert_int_equal(members_db_find(*state, 64500, &m), 0);
	assert_int_equal(m.frozen_since, 1000);
	assert_string_equal(m.name, "Café");
	assert_int_equal(members_db_put(*state, 64500, "Café", &again), 0); /* it is back */
	assert_int_equal(again, first);
	assert_int_equal(members_db_put(*state, 64500, "Tea", &again), 0);
	assert_int_equal(again, first);
	assert_int_equal(members_db_find(*state, 64500, &m), 0);
	assert_int_equal(m.frozen_since, 0);
	assert_string_equal(m.name, "Tea");
}

static void add_asn(const struct member *m, void *data)
{
	uint64_t *sum = data;

	*sum = *sum * 1000 + m->asn;
}

static void test_each(void **state)
{
	uint64_t sum = 0;
	int64_t id;

	assert_int_equal(members_db_put(*state, 300, "c", &id), 0);
	assert_int_equal(members_db_put(*state, 100, "a", &id), 0);
	assert_int_equal(members_db_each(*state, add_asn, &sum), 0);
	assert_int_equal(sum, 100300);
}

static void assert_listed(sqlite3 *db, int64_t member, const char *expected)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);

	assert_int_equal(token_db_list(db, member, doc, list), 0);
	char *text = json_take(doc, list);
	assert_string_equal(text, expected);
	free(text);
}

#define BACKUP \
	"{\"id\":\"abc\",\"asn\":64500,\"label\":\"backup\"," \
	"\"created\":10,\"last_used\":20,\"revoked\":30}"

static void test_tokens(void **state)
{
	struct token_row operators = {.id = "op", .label = "noc", .hash = "h", .created = 11};
	struct token_row nobodys = {.id = "x", .label = "x", .hash = "h", .member = 99};
	struct token_row t = {.id = "abc", .label = "backup", .hash = "$argon2id$x", .created = 10}, found;

	assert_int_equal(members_db_put(*state, 64500, "Net", &t.member), 0);
	assert_int_equal(token_db_add(*state, &t), 0);
	assert_int_equal(token_db_add(*state, &t), -EEXIST);
	assert_int_equal(token_db_add(*state, &operators), 0);
	assert_int_equal(token_db_add(*state, &nobodys), -EEXIST); /* there is no such member */

	assert_int_equal(token_db_get(*state, "abd", &found), -ENOENT);
	assert_int_equal(token_db_get(*state, "abc", &found), 0);
	assert_string_equal(found.hash, "$argon2id$x");
	assert_string_equal(found.label, "backup");
	assert_int_equal(found.member, t.member);
	assert_int_equal(found.last_used + found.revoked, 0);
	assert_int_equal(token_db_used(*state, "abc", 20), 0);
	assert_int_equal(token_db_used(*state, "abd", 20), -ENOENT);
	assert_int_equal(token_db_revoke(*state, "abc", 30), 0);
	assert_int_equal(token_db_revoke(*state, "abc", 40), -ENOENT);
	assert_int_equal(token_db_get(*state, "abc", &found), 0);
	assert_int_equal(found.last_used, 20);
	assert_int_equal(found.revoked, 30);

	assert_listed(*state, t.member,
	              "[" BACKUP "]");
	assert_listed(*state, 0,
	              "[" BACKUP ","
	              "{\"id\":\"op\",\"asn\":null,\"label\":\"noc\",\"created\":11,"
	              "\"last_used\":null,\"revoked\":null}]");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_members),
		TEST(test_each),
		TEST(test_tokens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
