/* Rights: every role with every action; and the words of every refusal. */
/* SPDX-License-Identifier: MIT */
#include "rdns/rights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

static void test_every_role_and_action(void **state)
{
	enum { OWN = 64496,
	       OTHER = 64497 };
	static const struct {
		struct who who;
		enum refusal own[ACTIONS], others[ACTIONS]; /* read, check, change, operate */
	} cases[] = {
		{{ROLE_OPERATOR, 0, false}, {0}, {0}},
		{{ROLE_MEMBER, OWN, false},
	         {REFUSAL_NONE, REFUSAL_NONE, REFUSAL_NONE, REFUSAL_OPERATORS_ONLY},
	         {REFUSAL_NOT_YOURS, REFUSAL_NOT_YOURS, REFUSAL_NOT_YOURS, REFUSAL_OPERATORS_ONLY}},
		{{ROLE_MEMBER, OWN, true},
	         {REFUSAL_NONE, REFUSAL_NONE, REFUSAL_FROZEN, REFUSAL_OPERATORS_ONLY},
	         {REFUSAL_NOT_YOURS, REFUSAL_NOT_YOURS, REFUSAL_NOT_YOURS, REFUSAL_OPERATORS_ONLY}},
		{{ROLE_NOBODY, OWN, false},
	         {REFUSAL_UNKNOWN, REFUSAL_UNKNOWN, REFUSAL_UNKNOWN, REFUSAL_UNKNOWN},
	         {REFUSAL_UNKNOWN, REFUSAL_UNKNOWN, REFUSAL_UNKNOWN, REFUSAL_UNKNOWN}},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (enum action a = 0; a < ACTIONS; a++) {
			assert_int_equal(rights_refuse(&cases[i].who, a, OWN), cases[i].own[a]);
			assert_int_equal(rights_refuse(&cases[i].who, a, OTHER), cases[i].others[a]);
		}
}

/** Each has all texts, in sentences that are its own. */
static void test_texts_of_refusals(void **state)
{
	(void)state;

	for (enum refusal r = REFUSAL_NONE + 1; r < REFUSALS; r++) {
		assert_true(strspn(refusal_word(r), "abcdefghijklmnopqrstuvwxyz-") == strlen(refusal_word(r)));
		for (enum refusal other = REFUSAL_NONE + 1; other < r; other++) {
			assert_string_not_equal(refusal_word(r), refusal_word(other));
			assert_string_not_equal(refusal_what(r, LANGUAGE_FR), refusal_what(other, LANGUAGE_FR));
		}
		for (enum language l = 0; l < LANGUAGES; l++) {
			const char *what = refusal_what(r, l), *remedy = refusal_remedy(r, l);
			assert_int_equal(what[strlen(what) - 1], '.');
			assert_int_equal(remedy[strlen(remedy) - 1], '.');
		}
		assert_string_not_equal(refusal_what(r, LANGUAGE_FR), refusal_what(r, LANGUAGE_EN));
		assert_string_not_equal(refusal_remedy(r, LANGUAGE_FR), refusal_remedy(r, LANGUAGE_EN));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_role_and_action),
		cmocka_unit_test(test_texts_of_refusals),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
