/* SPDX-License-Identifier: MIT */
#include "speedtest/admission.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define MBPS UINT64_C(1000000)

enum {
	START_MS = 1000000,
	TESTS = 64,
};

/* A POP for three tests, until their rates are known. */
static const struct admission_limits limits = {
	.capacity_bps = {[DOWNLOAD] = 300 * MBPS, [UPLOAD] = 350 * MBPS},
	.assumed_bps = 100 * MBPS,
	.tests_per_prefix = 2,
	.queue_length = 4,
	.tests = TESTS,
	.daily_bytes = UINT64_C(1) << 40,
};

struct fixture {
	struct admission *a;
	struct moment now;
	struct admission_answer answer; /* to the last refusal */
	struct addr addr;
	char id[TEST_ID_DIGITS + 1];
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.a = admission_new(&limits), .now = {START_MS, 1700000000}};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	admission_free(f->a);
	return 0;
}

/* The n-th client, of a prefix of its own; without a name for its test. */
static struct visitor stranger(struct fixture *f, unsigned n)
{
	char text[ADDR_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "10.%u.%u.1", n >> 8, n & 0xff);
	assert_int_equal(addr_parse(text, (uint16_t)(n + 1000), &f->addr), 0);
	return (struct visitor){&f->addr, ""};
}

/* The same with a page that names its test. */
static struct visitor page(struct fixture *f, unsigned n)
{
	struct visitor who = stranger(f, n);

	(void)snprintf(f->id, sizeof(f->id), "%032x", n);
	return (struct visitor){who.client, f->id};
}

static struct flow *enter(struct fixture *f, struct visitor who, enum direction d)
{
	return admission_enter(f->a, who, d, f->now, &f->answer);
}

static void assert_refused(const struct fixture *f, enum admission_reason reason)
{
	assert_int_equal(f->answer.state, ADMISSION_REFUSED);
	assert_int_equal(f->answer.reason, reason);
	assert_true(f->answer.wait_ms > 0);
}

static void a_pop_takes_as_many_as_it_can_carry(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 3; i++)
		assert_non_null(enter(f, stranger(f, i), DOWNLOAD));
	assert_null(enter(f, stranger(f, 3), DOWNLOAD));
	assert_refused(f, ADMISSION_FULL);
	assert_non_null(enter(f, stranger(f, 0), UPLOAD)); /* whoever is in stays in */
}

static void requests_of_one_client_or_one_name_are_one_test(void **state)
{
	struct fixture *f = *state;

	struct flow *first = enter(f, stranger(f, 0), DOWNLOAD), *named = enter(f, page(f, 0), DOWNLOAD);
	assert_ptr_equal(enter(f, stranger(f, 0), DOWNLOAD), first);
	assert_ptr_not_equal(enter(f, stranger(f, 0), UPLOAD), first);
	assert_ptr_not_equal(named, first);
	struct visitor other_family = page(f, 0);
	assert_int_equal(addr_parse("2001:db8::1", 1, &f->addr), 0);
	assert_ptr_equal(enter(f, other_family, DOWNLOAD), named);
	assert_int_equal(admission_read(f->a, f->now).running, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_pop_takes_as_many_as_it_can_carry, setup, teardown),
		cmocka_unit_test_setup_teardown(requests_of_one_client_or_one_name_are_one_test, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
