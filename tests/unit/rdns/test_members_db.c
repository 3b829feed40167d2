/* Members that come, are renamed, vanish and come back; tokens made, used, revoked. */
/* SPDX-License-Identifier: MIT */
#include "rdns/members_db.h"

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

static void assert_count(sqlite3 *db, const char *sql, int64_t wanted)
{
	sqlite3_stmt *s;

	assert_int_equal(db_prepare(db, sql, &s), 0);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int64(s, 0), wanted);
	assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
}

#define MAKE(values) "INSERT INTO tokens (id, asn, label, hash, created) VALUES (" values ")"

/* As "fontaine rdns token" makes and revokes them. */
static void test_tokens(void **state)
{
	struct token_row found;
	int64_t member;

	assert_int_equal(members_db_put(*state, 64500, "Net", &member), 0);
	assert_int_equal(db_exec(*state, MAKE("'abc', 64500, 'backup', '$argon2id$x', 10")), 0);
	assert_int_equal(db_exec(*state, MAKE("'abc', 64500, 'backup', '$argon2id$x', 10")), -EEXIST);
	assert_int_equal(db_exec(*state, MAKE("'op', NULL, 'noc', 'h', 11")), 0);
	assert_int_equal(db_exec(*state, MAKE("'x', 64501, 'x', 'h', 12")), -EEXIST); /* there is no such member */

	assert_int_equal(token_db_get(*state, "abd", &found), -ENOENT);
	assert_int_equal(token_db_get(*state, "abc", &found), 0);
	assert_string_equal(found.hash, "$argon2id$x");
	assert_string_equal(found.label, "backup");
	assert_int_equal(found.member, member);
	assert_int_equal(found.last_used + found.revoked, 0);
	assert_int_equal(token_db_used(*state, "abc", 20), 0);
	assert_int_equal(token_db_used(*state, "abd", 20), -ENOENT);
	assert_int_equal(db_exec(*state, "UPDATE tokens SET revoked = 30 WHERE id = 'abc'"), 0);
	assert_int_equal(db_exec(*state, "UPDATE tokens SET revoked = 40 WHERE id = 'abc'"), 0);
	assert_int_equal(token_db_get(*state, "abc", &found), 0);
	assert_int_equal(found.last_used, 20);
	assert_int_equal(found.revoked, 30);
	assert_int_equal(token_db_get(*state, "op", &found), 0);
	assert_int_equal(found.member, 0);

	/* The log has each once, and names the member's to the member. */
	assert_count(*state, "SELECT count(*) FROM audit WHERE what = 'token'", 3);
	assert_count(*state, "SELECT count(*) FROM audit JOIN member ON member.id = audit.member WHERE asn = 64500", 2);
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
