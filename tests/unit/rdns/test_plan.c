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

static void test_granted(void **state)
{
	static const struct {
		uint32_t who;
		const char *prefix;
	} cases[] = {
		{ONE, "10.0.17.0/24"},
		{OPERATOR, "10.0.17.0/24"},
		{ONE, "10.0.16.0/20"},
		{ONE, "10.0.17.64/26"},
		{ONE, "198.51.100.64/26"},
		{ONE, "10.0.17.9/32"},
		{ONE, "2001:db8:6400::/38"},
		{ONE, "2001:db8:6412::/48"},
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct who who = who_is(cases[i].who);
		struct plan_context c = {&who, f->assignments, &f->allocations};
		struct prefix p;
		uint32_t asn = 0;
		assert_int_equal(prefix_parse(cases[i].prefix, &p), 0);
		assert_int_equal(plan_delegation(&c, &p, &asn), REFUSAL_NONE);
		assert_int_equal(asn, ONE);
		assert_true(plan_is_assigned(f->assignments, &p, ONE));
		assert_false(plan_is_assigned(f->assignments, &p, TWO));
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
		struct plan_context c = {&who, f->assignments, &f->allocations};
		struct prefix p;
		uint32_t asn;
		assert_int_equal(prefix_parse(cases[i].prefix, &p), 0);
		assert_int_equal(plan_delegation(&c, &p, &asn), cases[i].refusal);
	}
}

static void test_ptrs(void **state)
{
	static const struct {
		uint32_t who;
		const char *address;
		enum refusal refusal;
	} cases[] = {
		{ONE, "10.0.17.9", REFUSAL_NONE},
		{OPERATOR, "198.51.100.9", REFUSAL_NONE},
		{ONE, "2001:db8:6400::1", REFUSAL_NONE},
		{TWO, "10.0.17.9", REFUSAL_NOT_YOURS},
		{TWO, "192.0.2.1", REFUSAL_NOT_YOURS},
		{OPERATOR, "192.0.2.1", REFUSAL_UNASSIGNED},
		{FROZEN, "10.0.17.9", REFUSAL_FROZEN},
		{NOBODY, "10.0.17.9", REFUSAL_UNKNOWN},
		{ONE, "203.0.113.9", REFUSAL_OUTSIDE},
	};
	const struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct who who = who_is(cases[i].who);
		struct plan_context c = {&who, f->assignments, &f->allocations};
		struct prefix address;
		uint32_t asn = 0;
		assert_int_equal(prefix_parse(cases[i].address, &address), 0);
		assert_int_equal(plan_ptr(&c, &address, &asn), cases[i].refusal);
		if (cases[i].refusal == REFUSAL_NONE)
			assert_int_equal(asn, ONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_granted),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_ptrs),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
