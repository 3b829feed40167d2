/* What differs between two lists, shown by carrying it out as RFC 2136, 3.4.2 says and comparing. */
/* SPDX-License-Identifier: MIT */
#include "rdns/difference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { TTL_S = 3600 };

static ldns_rr_list *records(const char *text)
{
	ldns_rr_list *list = ldns_rr_list_new();
	char *lines = strdup(text), *rest = NULL;

	for (char *line = strtok_r(lines, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		ldns_rr *rr;
		assert_int_equal(ldns_rr_new_frm_str(&rr, line, TTL_S, NULL, NULL), LDNS_STATUS_OK);
		(void)ldns_rr_list_push_rr(list, rr);
	}
	free(lines);
	return list;
}

static bool is_hit(const ldns_rr *update, const ldns_rr *rr)
{
	if (ldns_dname_compare(ldns_rr_owner(update), ldns_rr_owner(rr)) != 0 ||
	    ldns_rr_get_type(update) != ldns_rr_get_type(rr))
		return false;
	ldns_rr *plain = ldns_rr_clone(update);
	ldns_rr_set_class(plain, LDNS_RR_CLASS_IN);
	bool is_same = ldns_rr_get_class(update) == LDNS_RR_CLASS_ANY || ldns_rr_compare(plain, rr) == 0;
	ldns_rr_free(plain);
	return is_same;
}

/* Carry out one part of an update; a CNAME takes the place of another, and must not meet other records. */
static void carry_out(ldns_rr_list *zone, const ldns_rr *update)
{
	bool is_addition = ldns_rr_get_class(update) == LDNS_RR_CLASS_IN;
	bool is_alias = ldns_rr_get_type(update) == LDNS_RR_TYPE_CNAME;
	size_t kept = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(zone); i++) {
		ldns_rr *rr = ldns_rr_list_rr(zone, i);
		bool is_same_name = ldns_dname_compare(ldns_rr_owner(update), ldns_rr_owner(rr)) == 0;
		if (is_addition && is_same_name)
			assert_int_equal(is_alias, ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME);
		bool is_gone = is_addition ? is_alias && is_same_name : is_hit(update, rr);
		if (is_gone)
			ldns_rr_free(rr);
		else
			(void)ldns_rr_list_set_rr(zone, rr, kept++);
	}
	ldns_rr_list_set_rr_count(zone, kept);
	if (is_addition)
		(void)ldns_rr_list_push_rr(zone, ldns_rr_clone(update));
}

static void assert_same(ldns_rr_list *a, ldns_rr_list *b)
{
	ldns_rr_list_sort(a);
	ldns_rr_list_sort(b);
	assert_int_equal(ldns_rr_list_rr_count(a), ldns_rr_list_rr_count(b));
	for (size_t i = 0; i < ldns_rr_list_rr_count(a); i++) {
		assert_int_equal(ldns_rr_compare(ldns_rr_list_rr(a, i), ldns_rr_list_rr(b, i)), 0);
		assert_int_equal(ldns_rr_ttl(ldns_rr_list_rr(a, i)), ldns_rr_ttl(ldns_rr_list_rr(b, i)));
	}
}

#define APEX \
	"b.arpa. SOA ns. mail. 1 2 3 4 5\nb.arpa. DNSKEY 257 3 13 AwEAAQ==\n" \
	"b.arpa. NSEC 1.b.arpa. NS SOA\n"

static const struct {
	const char *served, *wanted;
	size_t n_wrong;
} cases[] = {
	{"", "", 0},
	{"", "1.b.arpa. NS ns.example.\n1.b.arpa. NS ns2.example.\n", 2},
	{"1.b.arpa. NS ns.example.\n1.b.arpa. DS 1 13 2 00\n", "", 2},
	{"1.b.arpa. NS ns.example.\n", "1.b.arpa. NS ns.example.\n", 0},
	{"1.b.arpa. NS NS.Example.\n", "1.B.arpa. NS ns.example.\n", 0},
	{"1.b.arpa. 60 NS ns.example.\n", "1.b.arpa. NS ns.example.\n", 1},
	{"1.b.arpa. NS a.example.\n2.b.arpa. NS a.example.\n", "2.b.arpa. NS a.example.\n3.b.arpa. NS a.example.\n", 2},
	/* from a name to an alias and back */
	{"1.b.arpa. PTR host.example.\n", "1.b.arpa. CNAME 1.0-1.b.arpa.\n0-1.b.arpa. NS ns.example.\n", 3},
	{"1.b.arpa. CNAME 1.0-1.b.arpa.\n0-1.b.arpa. NS ns.example.\n", "1.b.arpa. PTR host.example.\n", 3},
	/* from alias to alias: an addition alone */
	{"1.b.arpa. CNAME z.example.\n", "1.b.arpa. CNAME c.example.\n", 2},
	{"1.b.arpa. CNAME c.example.\n", "1.b.arpa. CNAME z.example.\n2.b.arpa. CNAME z.example.\n", 3},
	{"1.b.arpa. 60 CNAME c.example.\n", "1.b.arpa. CNAME c.example.\n", 1},
	/* A sorts before CNAME and PTR after it */
	{"1.b.arpa. A 192.0.2.1\n1.b.arpa. PTR host.example.\n", "1.b.arpa. CNAME c.example.\n", 3},
	{"1.b.arpa. CNAME c.example.\n", "1.b.arpa. A 192.0.2.1\n1.b.arpa. PTR host.example.\n", 3},
};

static ldns_rr_list *apply(ldns_rr_list *zone, ldns_rr_list *updates)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(updates); i++)
		carry_out(zone, ldns_rr_list_rr(updates, i));
	return zone;
}

static void test_difference_makes_it_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ldns_rr_list *served = records(cases[i].served), *wanted = records(cases[i].wanted);
		ldns_rr_list *updates = ldns_rr_list_new();
		assert_int_equal(difference_of(served, wanted, updates), cases[i].n_wrong);
		assert_same(apply(served, updates), wanted);
		ldns_rr_list_deep_free(updates);
		ldns_rr_list_deep_free(served);
		ldns_rr_list_deep_free(wanted);
	}
}

/* The same from wherever it starts: from what was, from what is wanted, from half of it. */
static void test_replacing_does_not_ask_what_is_served(void **state)
{
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ldns_rr_list *before = records(cases[i].served), *after = records(cases[i].wanted);
		ldns_rr_list *updates = ldns_rr_list_new();
		difference_replace(before, after, updates);
		ldns_rr_list *zone = apply(ldns_rr_list_clone(before), updates);
		assert_same(zone, after);
		assert_same(apply(zone, updates), after);
		while (ldns_rr_list_rr_count(zone) > ldns_rr_list_rr_count(after) / 2)
			ldns_rr_free(ldns_rr_list_pop_rr(zone));
		assert_same(apply(zone, updates), after);
		ldns_rr_list_deep_free(zone);
		ldns_rr_list_deep_free(updates);
		ldns_rr_list_deep_free(before);
		ldns_rr_list_deep_free(after);
	}
}

static void test_servers_own_is_left_alone(void **state)
{
	(void)state;
	ldns_rr_list *served = records(APEX "1.b.arpa. NSEC b.arpa. NS\n1.b.arpa. NS ns.example.\n");
	ldns_rr_list *wanted = records("1.b.arpa. NS ns.example.\n");
	ldns_rr_list *updates = ldns_rr_list_new();

	assert_int_equal(difference_of(served, wanted, updates), 0);
	assert_int_equal(ldns_rr_list_rr_count(updates), 0);
	ldns_rr_list_deep_free(updates);
	ldns_rr_list_deep_free(served);
	ldns_rr_list_deep_free(wanted);
}

/* Knot deletes the alias that one update deletes and adds. */
static void test_aliases_are_never_both(void **state)
{
	(void)state;
	ldns_rr_list *before = records("1.b.arpa. CNAME c.example.\n2.b.arpa. CNAME c.example.\n");
	ldns_rr_list *after = records("1.b.arpa. CNAME c.example.\n"), *updates = ldns_rr_list_new();

	difference_replace(before, after, updates);
	assert_int_equal(ldns_rr_list_rr_count(updates), 2);
	assert_int_equal(ldns_rr_get_class(ldns_rr_list_rr(updates, 0)), LDNS_RR_CLASS_IN);
	assert_int_equal(ldns_rr_get_class(ldns_rr_list_rr(updates, 1)), LDNS_RR_CLASS_ANY);
	ldns_rr_list_deep_free(updates);
	ldns_rr_list_deep_free(before);
	ldns_rr_list_deep_free(after);
}

static void test_what_is_cleared_before(void **state)
{
	(void)state;
	static const struct {
		const char *before, *after, *cleared;
	} kinds[] = {
		{"", "1.b.arpa. CNAME c.example.\n", ""},
		{"1.b.arpa. PTR host.example.\n", "", ""},
		{"1.b.arpa. PTR host.example.\n", "1.b.arpa. PTR other.example.\n", ""},
		{"1.b.arpa. CNAME c.example.\n", "1.b.arpa. CNAME d.example.\n", ""},
		{"1.b.arpa. PTR host.example.\n", "2.b.arpa. CNAME c.example.\n", ""},
		{"1.b.arpa. PTR host.example.\n", "1.b.arpa. CNAME c.example.\n", "1.b.arpa. PTR host.example.\n"},
		{"1.b.arpa. CNAME c.example.\n", "1.b.arpa. PTR host.example.\n1.b.arpa. PTR two.example.\n",
	         "1.b.arpa. CNAME c.example.\n"},
		{"1.b.arpa. A 192.0.2.1\n1.b.arpa. PTR host.example.\n2.b.arpa. NS ns.example.\n",
	         "1.b.arpa. CNAME c.example.\n2.b.arpa. NS ns2.example.\n",
	         "1.b.arpa. A 192.0.2.1\n1.b.arpa. PTR host.example.\n"},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		ldns_rr_list *before = records(kinds[i].before), *after = records(kinds[i].after);
		ldns_rr_list *cleared = records(kinds[i].cleared);
		ldns_rr_list *updates = ldns_rr_list_new(), *first = ldns_rr_list_new();
		(void)difference_of(before, after, updates);
		difference_clear(updates, first);
		assert_int_equal(ldns_rr_list_rr_count(first), ldns_rr_list_rr_count(cleared));
		for (size_t j = 0; j < ldns_rr_list_rr_count(first); j++)
			assert_true(is_hit(ldns_rr_list_rr(first, j), ldns_rr_list_rr(cleared, j)));
		ldns_rr_list_deep_free(before);
		ldns_rr_list_deep_free(after);
		ldns_rr_list_deep_free(cleared);
		ldns_rr_list_deep_free(updates);
		ldns_rr_list_deep_free(first);
	}
}

#define ONE   "1.b.arpa. NS a.example.\n"
#define TWO   "2.b.arpa. NS a.example.\n2.b.arpa. NS b.example.\n"
#define THREE "3.b.arpa. NS a.example.\n"

/* Names of changes that are on their way, in whatever order these come. */
static void test_what_is_left_alone(void **state)
{
	(void)state;
	static const char *const kinds[][2] = {
		{"", ONE TWO THREE},
		{"4.b.arpa. PTR a.example.\n0.b.arpa. PTR a.example.\n1.1.b.arpa. NS a.example.\n", ONE TWO THREE},
		{"2.B.arpa. DS 1 13 2 00\n", ONE THREE},
		{"3.b.arpa. PTR a.example.\n" ONE, TWO},
		{TWO THREE ONE, ""},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		ldns_rr_list *updates = records(kinds[0][1]), *others = records(kinds[i][0]);
		ldns_rr_list *left = records(kinds[i][1]);
		difference_leave_alone(updates, others);
		assert_same(updates, left);
		ldns_rr_list_deep_free(updates);
		ldns_rr_list_deep_free(others);
		ldns_rr_list_deep_free(left);
	}
}

static void test_parts(void **state)
{
	(void)state;
	ldns_rr_list *updates = records("1.b.arpa. NS a.example.\n1.b.arpa. NS b.example.\n"
	                                "2.b.arpa. NS a.example.\n3.b.arpa. NS a.example.\n");
	size_t one = ldns_rr_uncompressed_size(ldns_rr_list_rr(updates, 0));

	assert_int_equal(difference_part(updates, 0, 4 * one), 4);
	assert_int_equal(difference_part(updates, 0, 4 * one - 1), 3);
	assert_int_equal(difference_part(updates, 0, 2 * one), 2);
	assert_int_equal(difference_part(updates, 0, 1), 2); /* a name's are never parted */
	assert_int_equal(difference_part(updates, 2, one), 1);
	assert_int_equal(difference_part(updates, 3, 1), 1);
	assert_int_equal(difference_part(updates, 4, 1), 0);
	ldns_rr_list_deep_free(updates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_difference_makes_it_so),
		cmocka_unit_test(test_replacing_does_not_ask_what_is_served),
		cmocka_unit_test(test_servers_own_is_left_alone),
		cmocka_unit_test(test_aliases_are_never_both),
		cmocka_unit_test(test_what_is_cleared_before),
		cmocka_unit_test(test_what_is_left_alone),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
