/* Plans: what each request becomes, and every reason to refuse one. */
/* SPDX-License-Identifier: MIT */
#include "rdns/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

enum {
	ONE = 64496,
	TWO = 64497,
	OPERATOR = 0,
	FROZEN = 1,
	NOBODY = 2,
	THERE_MAX = 4,
};

static struct who who_is(uint32_t asn)
{
	if (asn == OPERATOR)
		return (struct who){.role = ROLE_OPERATOR};
	if (asn == NOBODY)
		return (struct who){.role = ROLE_NOBODY};
	if (asn == FROZEN)
		return (struct who){.role = ROLE_MEMBER, .asn = ONE, .is_frozen = true};
	return (struct who){.role = ROLE_MEMBER, .asn = asn};
}

/** What is there already: as text, and whose. */
struct there {
	const char *prefix;
	uint32_t asn;
};

static size_t read_present(const struct there *list, struct present ret[THERE_MAX])
{
	size_t n = 0;

	for (; n < THERE_MAX && list[n].prefix != NULL; n++) {
		assert_int_equal(prefix_parse(list[n].prefix, &ret[n].prefix), 0);
		ret[n].asn = list[n].asn;
	}
	return n;
}

struct fixture {
	struct allocations allocations;
	struct assignments *assignments;
};

/*
 * The POP has 10.0.0.0/16, two /24 from 198.51.100.0/23, and 2001:db8::/32. ONE holds 10.0.16.0/20,
 * 198.51.100.0/23, 203.0.112.0/24 and 203.0.113.0/24 (no zones of ours), and 2001:db8:6400::/38; TWO
 * 10.0.32.0/20.
 */
static int setup(void **state)
{
	static const char csv[] = "10.0.16.0/20,64496,One,\n"
				  "198.51.100.0/23,64496,One,\n"
				  "203.0.113.0/24,64496,One,\n"
				  "203.0.112.0/24,64496,One,\n"
				  "2001:db8:6400::/38,64496,One,\n"
				  "10.0.32.0/20,64497,Two,\n";
	char *zones[] = {(char[]){"10.0.0.0/16"}, (char[]){"198.51.100.0/23"}, (char[]){"2001:db8::/32"}};
	static struct fixture f;
	char error[ASSIGNMENTS_ERROR_MAX];

	f.assignments = assignments_new();
	assert_int_equal(assignments_add_csv(f.assignments, csv, strlen(csv), error), 0);
	assert_int_equal(assignments_seal(f.assignments, error), 0);
	allocations_init(&f.allocations, &(struct pop_rdns){.zones = zones, .n_zones = 3});
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	assignments_free(f->assignments);
	allocations_done(&f->allocations);
	return 0;
}

static void test_parse(void **state)
{
	static const struct {
		const char *text, *prefix; /* NULL: none */
		enum reverse_form form;
	} cases[] = {
		{"192.0.2.64/26", "192.0.2.64/26", REVERSE_RANGE},
		{"192.0.2.1", "192.0.2.1/32", REVERSE_RANGE},
		{"2001:db8::/46", "2001:db8::/46", REVERSE_RANGE},
		{"2.0.192.in-addr.arpa", "192.0.2.0/24", REVERSE_RANGE},
		{"64-127.2.0.192.in-addr.arpa", "192.0.2.64/26", REVERSE_RANGE},
		{"64/26.2.0.192.in-addr.arpa.", "192.0.2.64/26", REVERSE_SLASH},
		{"64/26.2.0.192.IN-ADDR.ARPA", "192.0.2.64/26", REVERSE_SLASH},
		{"64-26.2.0.192.in-addr.arpa", "192.0.2.64/26", REVERSE_DASH},
		{"0-31.2.0.192.in-addr.arpa", "192.0.2.0/27", REVERSE_RANGE},
		{"8.b.d.0.1.0.0.2.ip6.arpa.", "2001:db8::/32", REVERSE_RANGE},
		{"in-addr.arpa", "0.0.0.0/0", REVERSE_RANGE},
		{"192.0.2.64/24", NULL, 0},
		{"64-128.2.0.192.in-addr.arpa", NULL, 0},
		{"example.net", NULL, 0},
		{"", NULL, 0},
		{".", NULL, 0},
	};
	char text[PREFIX_TEXT_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct prefix p;
		enum reverse_form form;
		enum refusal r = plan_parse(cases[i].text, &p, &form);
		assert_int_equal(r, cases[i].prefix != NULL ? REFUSAL_NONE : REFUSAL_NO_PREFIX);
		if (r != REFUSAL_NONE)
			continue;
		assert_string_equal(prefix_text(&p, text), cases[i].prefix);
		assert_int_equal(form, cases[i].form);
	}
}

static void test_granted(void **state)
{
	static const struct {
		uint32_t who;
		const char *prefix, *parent;
		unsigned n_zones;
		const char *first, *last; /* names of zones */
	} cases[] = {
		{ONE, "10.0.17.0/24", "10.0.0.0/16", 1, "17.0.10.in-addr.arpa", "17.0.10.in-addr.arpa"},
		{OPERATOR, "10.0.17.0/24", "10.0.0.0/16", 1, "17.0.10.in-addr.arpa", "17.0.10.in-addr.arpa"},
		{ONE, "10.0.16.0/20", "10.0.0.0/16", 16, "16.0.10.in-addr.arpa", "31.0.10.in-addr.arpa"},
		{ONE, "10.0.17.64/26", "10.0.0.0/16", 1, "64-127.17.0.10.in-addr.arpa", "64-127.17.0.10.in-addr.arpa"},
		{ONE, "198.51.100.64/26", "198.51.100.0/24", 1, "64-127.100.51.198.in-addr.arpa",
	         "64-127.100.51.198.in-addr.arpa"},
		{ONE, "10.0.17.9/32", "10.0.0.0/16", 1, "9.17.0.10.in-addr.arpa", "9.17.0.10.in-addr.arpa"},
		{ONE, "2001:db8:6400::/38", "2001:db8::/32", 4, "4.6.8.b.d.0.1.0.0.2.ip6.arpa",
	         "7.6.8.b.d.0.1.0.0.2.ip6.arpa"},
		{ONE, "2001:db8:6412::/48", "2001:db8::/32", 1, "2.1.4.6.8.b.d.0.1.0.0.2.ip6.arpa",
	         "2.1.4.6.8.b.d.0.1.0.0.2.ip6.arpa"},
	};
	const struct fixture *f = *state;
	char text[PREFIX_TEXT_MAX], name[REVERSE_NAME_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct who who = who_is(cases[i].who);
		struct plan_context c = {.who = &who, .assignments = f->assignments, .allocations = &f->allocations};
		struct prefix p, zone;
		struct plan plan;
		assert_int_equal(prefix_parse(cases[i].prefix, &p), 0);
		assert_int_equal(plan_delegation(&c, &p, REVERSE_RANGE, &plan), REFUSAL_NONE);
		assert_string_equal(prefix_text(&plan.prefix, text), cases[i].prefix);
		assert_string_equal(prefix_text(&plan.parent, text), cases[i].parent);
		assert_int_equal(plan.asn, ONE);
		assert_int_equal(plan.n_zones, cases[i].n_zones);
		assert_false(plan.is_there);
		zone = reverse_zone(&plan.prefix, 0);
		assert_string_equal(reverse_name(&zone, plan.form, name), cases[i].first);
		zone = reverse_zone(&plan.prefix, plan.n_zones - 1);
		assert_string_equal(reverse_name(&zone, plan.form, name), cases[i].last);
	}
}

static void test_refused(void **state)
{
	static const struct {
		uint32_t who;
		const char *prefix;
		enum refusal refusal;
	} cases[] = {
		{NOBODY, "10.0.17.0/24", REFUSAL_UNKNOWN},
		{FROZEN, "10.0.17.0/24", REFUSAL_FROZEN},
		{FROZEN, "192.0.2.0/24", REFUSAL_FROZEN},
		{TWO, "10.0.17.0/24", REFUSAL_NOT_YOURS},
		{ONE, "10.0.32.0/24", REFUSAL_NOT_YOURS},
		{ONE, "10.0.0.0/19", REFUSAL_NOT_YOURS},  /* the half of it */
		{ONE, "10.0.64.0/24", REFUSAL_NOT_YOURS}, /* nobody's: told as if it were another's */
		{ONE, "0.0.0.0/0", REFUSAL_NOT_YOURS},
		{ONE, "2001:db8:6800::/48", REFUSAL_NOT_YOURS},
		{OPERATOR, "10.0.64.0/24", REFUSAL_UNASSIGNED},
		{OPERATOR, "10.0.0.0/19", REFUSAL_UNASSIGNED},
		{ONE, "203.0.113.0/24", REFUSAL_OUTSIDE},
		{ONE, "203.0.113.64/26", REFUSAL_OUTSIDE},
		{ONE, "203.0.112.0/24", REFUSAL_OUTSIDE},
		{OPERATOR, "203.0.113.0/24", REFUSAL_OUTSIDE},
		{ONE, "198.51.100.0/24", REFUSAL_APEX},
		{ONE, "198.51.100.0/23", REFUSAL_APEX}, /* two zones of ours */
		{OPERATOR, "198.51.101.0/24", REFUSAL_APEX},
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct who who = who_is(cases[i].who);
		struct plan_context c = {.who = &who, .assignments = f->assignments, .allocations = &f->allocations};
		struct prefix p;
		struct plan plan;
		assert_int_equal(prefix_parse(cases[i].prefix, &p), 0);
		assert_int_equal(plan_delegation(&c, &p, REVERSE_RANGE, &plan), cases[i].refusal);
	}
}

static void test_beside_what_is_there(void **state)
{
	static const struct {
		const char *prefix;
		struct there delegations[THERE_MAX], ptrs[THERE_MAX];
		enum refusal refusal;
		bool is_there;
	} cases[] = {
		{"10.0.17.0/24", {{"10.0.17.0/24", ONE}}, {{0}}, REFUSAL_NONE, true},
		{"10.0.17.0/24", {{"10.0.17.0/25", ONE}}, {{0}}, REFUSAL_OVERLAP, false},
		{"10.0.17.0/24", {{"10.0.16.0/23", ONE}}, {{0}}, REFUSAL_OVERLAP, false},
		{"10.0.17.0/24", {{"10.0.17.0/24", ONE}, {"10.0.17.0/25", ONE}}, {{0}}, REFUSAL_OVERLAP, false},
		{"10.0.17.0/24", {{"10.0.18.0/24", ONE}, {"10.0.32.0/24", TWO}}, {{0}}, REFUSAL_NONE, false},
		{"10.0.17.0/24", {{"10.0.17.0/24", TWO}}, {{0}}, REFUSAL_FORMER, false},
		{"10.0.17.0/24", {{"10.0.17.0/25", ONE}, {"10.0.17.128/25", TWO}}, {{0}}, REFUSAL_FORMER, false},
		{"10.0.17.0/24", {{0}}, {{"10.0.17.9", ONE}}, REFUSAL_PTRS, false},
		{"10.0.17.0/24", {{"10.0.17.0/24", ONE}}, {{"10.0.17.9", ONE}}, REFUSAL_PTRS, false},
		{"10.0.17.9/32", {{0}}, {{"10.0.17.9", ONE}}, REFUSAL_PTRS, false},
		{"10.0.17.0/24", {{0}}, {{"10.0.17.9", TWO}}, REFUSAL_FORMER, false},
		{"10.0.17.0/24", {{0}}, {{"10.0.18.9", ONE}}, REFUSAL_NONE, false},
		{"2001:db8:6400::/48", {{"2001:db8:6400::/44", ONE}}, {{0}}, REFUSAL_OVERLAP, false},
	};
	const struct fixture *f = *state;
	static const uint32_t askers[] = {ONE, OPERATOR};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases) * 2; i++) {
		struct present delegations[THERE_MAX], ptrs[THERE_MAX];
		struct who who = who_is(askers[i % 2]);
		struct plan_context c = {
			.who = &who,
			.assignments = f->assignments,
			.allocations = &f->allocations,
			.delegations = delegations,
			.n_delegations = read_present(cases[i / 2].delegations, delegations),
			.ptrs = ptrs,
			.n_ptrs = read_present(cases[i / 2].ptrs, ptrs),
		};
		struct prefix p;
		struct plan plan;
		assert_int_equal(prefix_parse(cases[i / 2].prefix, &p), 0);
		enum refusal r = plan_delegation(&c, &p, REVERSE_SLASH, &plan);
		assert_int_equal(r, cases[i / 2].refusal);
		if (r != REFUSAL_NONE)
			continue;
		assert_int_equal(plan.is_there, cases[i / 2].is_there);
		assert_int_equal(plan.form, REVERSE_SLASH);
	}
}

static void test_ptrs(void **state)
{
	static const struct {
		uint32_t who;
		const char *address;
		struct there delegations[THERE_MAX], ptrs[THERE_MAX];
		enum refusal refusal;
		const char *name;
	} cases[] = {
		{ONE, "10.0.17.9", {{0}}, {{0}}, REFUSAL_NONE, "9.17.0.10.in-addr.arpa"},
		{OPERATOR, "198.51.100.9", {{0}}, {{0}}, REFUSAL_NONE, "9.100.51.198.in-addr.arpa"},
		{ONE,
	         "2001:db8:6400::1",
	         {{0}},
	         {{0}},
	         REFUSAL_NONE,
	         "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.4.6.8.b.d.0.1.0.0.2.ip6.arpa"},
		{ONE, "10.0.17.9", {{0}}, {{"10.0.17.9", ONE}}, REFUSAL_NONE, "9.17.0.10.in-addr.arpa"},
		{ONE, "10.0.17.9", {{"10.0.17.0/25", ONE}}, {{0}}, REFUSAL_DELEGATED, NULL},
		{ONE, "10.0.17.9", {{"10.0.17.9/32", ONE}}, {{0}}, REFUSAL_DELEGATED, NULL},
		{ONE, "10.0.17.9", {{"10.0.17.0/25", TWO}}, {{0}}, REFUSAL_FORMER, NULL},
		{ONE, "10.0.17.9", {{0}}, {{"10.0.17.9", TWO}}, REFUSAL_FORMER, NULL},
		{TWO, "10.0.17.9", {{0}}, {{0}}, REFUSAL_NOT_YOURS, NULL},
		{TWO, "192.0.2.1", {{0}}, {{0}}, REFUSAL_NOT_YOURS, NULL},
		{OPERATOR, "192.0.2.1", {{0}}, {{0}}, REFUSAL_UNASSIGNED, NULL},
		{FROZEN, "10.0.17.9", {{0}}, {{0}}, REFUSAL_FROZEN, NULL},
		{NOBODY, "10.0.17.9", {{0}}, {{0}}, REFUSAL_UNKNOWN, NULL},
		{ONE, "203.0.113.9", {{0}}, {{0}}, REFUSAL_OUTSIDE, NULL},
		{ONE, "10.0.17.0/24", {{0}}, {{0}}, REFUSAL_NO_ADDRESS, NULL},
		{ONE, "", {{0}}, {{0}}, REFUSAL_NO_ADDRESS, NULL},
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct present delegations[THERE_MAX], ptrs[THERE_MAX];
		struct who who = who_is(cases[i].who);
		struct plan_context c = {
			.who = &who,
			.assignments = f->assignments,
			.allocations = &f->allocations,
			.delegations = delegations,
			.n_delegations = read_present(cases[i].delegations, delegations),
			.ptrs = ptrs,
			.n_ptrs = read_present(cases[i].ptrs, ptrs),
		};
		struct plan_ptr plan;
		enum refusal r = plan_ptr(&c, cases[i].address, &plan);
		assert_int_equal(r, cases[i].refusal);
		if (r != REFUSAL_NONE)
			continue;
		assert_string_equal(plan.name, cases[i].name);
		assert_int_equal(plan.asn, ONE);
		assert_int_equal(plan.is_there, c.n_ptrs > 0);
		assert_true(prefix_covers(&plan.parent, &plan.address));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_granted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_beside_what_is_there),
		cmocka_unit_test(test_ptrs),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
