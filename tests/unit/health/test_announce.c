/* What is announced: every transition. */
/* SPDX-License-Identifier: MIT */
#include "health/announce.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { LEAVE_MS = 5000 };

/** Each second: '-' not fit, '+' fit, 'd' fit and drained; then it is n(ot), f(ully) or l(eaving). */
static void check(const char *inputs, const char *expected)
{
	static const char letters[] = {[ANNOUNCED_NOT] = 'n', [ANNOUNCED_FULLY] = 'f', [ANNOUNCED_LEAVING] = 'l'};
	struct announce a = {0};

	for (unsigned i = 0; inputs[i] != '\0'; i++) {
		enum announced before = a.now;
		bool changed = announce_step(&a, inputs[i] != '-', inputs[i] == 'd', 1000 * (i + 1), LEAVE_MS);
		assert_int_equal(changed, a.now != before);
		if (letters[a.now] != expected[i])
			fail_msg("%s: %c after %u, not %c", inputs, letters[a.now], i + 1, expected[i]);
	}
}

static void test_fitness(void **state)
{
	(void)state;
	check("--++-+", "nnffnf");
}

static void test_drain(void **state)
{
	(void)state;
	check("++ddddddd", "fflllllnn");
	check("++dd++", "ffllff"); /* undrained while it leaves */
	check("++ddddddd+", "fflllllnnf");
}

static void test_what_breaks_while_it_leaves(void **state)
{
	(void)state;
	check("++dd-dd+", "ffllnnnf");
}

static void test_drained_from_the_beginning(void **state)
{
	(void)state;
	check("-dd-d+", "nnnnnf"); /* as after a restart */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fitness),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_what_breaks_while_it_leaves),
		cmocka_unit_test(test_drained_from_the_beginning),
	};

	return cmocka_run_group_tests_name("health/announce", tests, NULL, NULL);
}
