/* Delegations in their database: page by page, by member and state, of several zones, and gone with all they had. */
/* SPDX-License-Identifier: MIT */
#include "rdns/zones_db.h"

#include "members.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int setup(void **state)
{
	int rc = setup_members(state);

	return rc == 0 ? note_version(*state) : rc;
}

static void put(struct members *f, int64_t member, const char *where, const char *server)
{
	struct prefix p = prefix(where);
	struct delegated *d;

	assert_int_equal(delegated_new(&p, REVERSE_RANGE, &d), 0);
	for (size_t i = 0; i < d->n_zones; i++)
		assert_null(delegation_add_server(&d->zones[i], server));
	assert_int_equal(zones_db_put(f->db, d, member, f->version), 0);
	delegated_free(d);
}

/* The list is of the prefixes @expected, "a b", and goes on after @more. */
static void assert_page(struct members *f, const struct zones_filter *filter, const char *expected,
                        const char *expected_more)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc), *item;
	char more[PREFIX_TEXT_MAX], found[512] = "";
	size_t i, n;

	assert_int_equal(zones_db_list(f->db, filter, doc, list, more), 0);
	yyjson_mut_arr_foreach(list, i, n, item) {
		strcat(found, i > 0 ? " " : "");
		strcat(found, yyjson_mut_get_str(yyjson_mut_obj_get(item, "prefix")));
	}
	assert_string_equal(found, expected);
	assert_string_equal(more, expected_more);
	yyjson_mut_doc_free(doc);
}

static void test_pages(void **state)
{
	struct members *f = *state;
	struct prefix first = prefix("9.0.0.0/24"), second = prefix("10.0.0.0/23"), gone = prefix("10.0.4.0/24");

	assert_page(f, &(struct zones_filter){.limit = 2}, "", "");
	put(f, f->one, "2001:db8::/32", "a.example");
	put(f, f->one, "10.0.0.0/23", "a.example"); /* two zones, one delegation */
	put(f, f->two, "9.0.0.0/24", "a.example");
	put(f, f->two, "192.0.2.128/25", "a.example");
	assert_page(f, &(struct zones_filter){.limit = 4},
	            "9.0.0.0/24 10.0.0.0/23 192.0.2.128/25 2001:db8::/32", "");
	assert_page(f, &(struct zones_filter){.limit = 2}, "9.0.0.0/24 10.0.0.0/23", "10.0.0.0/23");
	assert_page(f, &(struct zones_filter){.limit = 2, .after = &second}, "192.0.2.128/25 2001:db8::/32", "");
	assert_page(f, &(struct zones_filter){.limit = 1, .after = &gone}, "192.0.2.128/25", "192.0.2.128/25");
	assert_page(f, &(struct zones_filter){.limit = 1, .member = f->one}, "10.0.0.0/23", "10.0.0.0/23");
	assert_page(f, &(struct zones_filter){.limit = 1, .member = f->one, .after = &second}, "2001:db8::/32", "");

	assert_int_equal(zones_db_set_state(f->db, &second, RDNS_BROKEN), 0);
	assert_int_equal(zones_db_set_state(f->db, &gone, RDNS_BROKEN), -ENOENT);
	assert_page(f, &(struct zones_filter){.limit = 9, .state = "broken"}, "10.0.0.0/23", "");
	assert_page(f, &(struct zones_filter){.limit = 1, .state = "pending", .after = &first}, "192.0.2.128/25",
	            "192.0.2.128/25");
}

static int64_t count(sqlite3 *db, const char *table)
{
	char *sql = mem_printf("SELECT count(*) FROM %s", table);
	sqlite3_stmt *s;

	assert_int_equal(db_prepare(db, sql, &s), 0);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	int64_t n = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	free(sql);
	return n;
}

static void test_replaced_and_gone(void **state)
{
	struct members *f = *state;
	struct prefix p = prefix("10.0.0.0/22");
	struct zones_row row;

	put(f, f->one, "10.0.0.0/22", "a.example");
	put(f, f->one, "10.0.0.0/22", "ns.2.0.10.in-addr.arpa=192.0.2.1,2001:db8::1");
	assert_int_equal(count(f->db, "delegation"), 4);
	assert_int_equal(count(f->db, "nameserver"), 8);
	assert_int_equal(zones_db_get(f->db, &p, &row), 0);
	assert_int_equal(row.delegated->n_zones, 4);
	assert_string_equal(row.delegated->zones[3].zone, "3.0.10.in-addr.arpa");
	assert_int_equal(row.delegated->zones[2].servers[0].n_addresses, 2);
	assert_int_equal(row.asn, 64500);
	delegated_free(row.delegated);
	assert_int_equal(zones_db_remove(f->db, &p), 0);
	assert_int_equal(count(f->db, "delegation"), 0);
	assert_int_equal(count(f->db, "nameserver"), 0);
	assert_int_equal(zones_db_remove(f->db, &p), -ENOENT);
	assert_int_equal(zones_db_get(f->db, &p, &row), -ENOENT);
}

static void test_names_of_every_form(void **state)
{
	struct members *f = *state;
	struct prefix p = prefix("192.0.2.64/26");

	for (enum reverse_form form = REVERSE_RANGE; form < REVERSE_FORMS; form++) {
		struct delegated *d;
		struct zones_row row;
		assert_int_equal(delegated_new(&p, form, &d), 0);
		assert_int_equal(zones_db_put(f->db, d, f->one, f->version), 0);
		assert_int_equal(zones_db_get(f->db, &p, &row), 0);
		assert_int_equal(row.delegated->form, form);
		assert_string_equal(row.delegated->zones[0].zone, d->zones[0].zone);
		delegated_free(row.delegated);
		delegated_free(d);
	}
}

static void test_overlap(void **state)
{
	static const struct {
		const char *prefix, *overlap;
	} cases[] = {
		{"10.0.0.0/8", "10.0.0.0/23"},
		{"0.0.0.0/0", "10.0.0.0/23"},
		{"10.0.1.0/24", "10.0.0.0/23"},
		{"10.0.1.255/32", "10.0.0.0/23"},
		{"10.0.2.0/24", NULL},
		{"9.255.255.0/24", NULL},
		{"2001:db8:0:1::/64", "2001:db8::/32"},
		{"2001:db9::/32", NULL},
		{"10.0.0.0/23", NULL}, /* itself */
		{"2001:db8::/32", NULL},
	};
	struct members *f = *state;

	put(f, f->one, "10.0.0.0/23", "a.example");
	put(f, f->one, "2001:db8::/32", "a.example");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prefix p = prefix(cases[i].prefix);
		char overlap[PREFIX_TEXT_MAX];
		int rc = zones_db_find_overlap(f->db, &p, overlap);
		assert_int_equal(rc, cases[i].overlap == NULL ? -ENOENT : 0);
		if (rc == 0)
			assert_string_equal(overlap, cases[i].overlap);
	}
}

/* What somebody else wrote into the file is told, not believed. */
static void test_damaged(void **state)
{
	struct members *f = *state;
	struct prefix p = prefix("10.0.0.0/24");
	struct zones_row row;

	put(f, f->one, "10.0.0.0/24", "a.example");
	assert_int_equal(db_exec(f->db, "UPDATE nameserver SET name = 'no name'"), 0);
	assert_int_equal(zones_db_get(f->db, &p, &row), -EBADMSG);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown_members)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pages),
		TEST(test_replaced_and_gone),
		TEST(test_names_of_every_form),
		TEST(test_overlap),
		TEST(test_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
