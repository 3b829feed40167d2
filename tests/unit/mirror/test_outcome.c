/* What every exit status means, and that none of them is taken for success but 0. */
/* SPDX-License-Identifier: MIT */
#include "mirror/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static enum outcome of(enum fetcher fetcher, int status, const char *said)
{
	struct ending e = {.status = status, .said = said};

	return outcome_of(fetcher, &e);
}

static void test_rsync(void **state)
{
	(void)state;
	static const struct {
		int status;
		enum outcome outcome;
	} cases[] = {
		{0, OUTCOME_DONE},
		{1, OUTCOME_CONFIGURATION},
		{2, OUTCOME_CONFIGURATION},
		{3, OUTCOME_CONFIGURATION},
		{4, OUTCOME_CONFIGURATION},
		{10, OUTCOME_RETRY},
		{11, OUTCOME_HELD},
		{12, OUTCOME_RETRY},
		{14, OUTCOME_KILLED},
		{15, OUTCOME_KILLED},
		{16, OUTCOME_KILLED},
		{19, OUTCOME_KILLED},
		{20, OUTCOME_KILLED},
		{21, OUTCOME_KILLED},
		{22, OUTCOME_KILLED},
		{23, OUTCOME_RERUN},
		{24, OUTCOME_RERUN},
		{25, OUTCOME_HELD},
		{30, OUTCOME_RETRY},
		{35, OUTCOME_RETRY},
		{99, OUTCOME_RETRY},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(of(FETCHER_RSYNC, cases[i].status, "rsync error"), cases[i].outcome);
}

static void test_what_was_said(void **state)
{
	(void)state;
	static const struct {
		const char *said;
		enum outcome outcome;
	} cases[] = {
		{"@ERROR: max connections (20) reached -- try again later\n", OUTCOME_RETRY},
		{"@ERROR: Unknown module 'debain'\n", OUTCOME_CONFIGURATION},
		{"@ERROR: auth failed on module debian\n", OUTCOME_CONFIGURATION},
		{"@ERROR: access denied to debian from mirror.example (192.0.2.1)\n", OUTCOME_CONFIGURATION},
		{"@ERROR: chroot failed\n", OUTCOME_RETRY},
		{"", OUTCOME_RETRY},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(of(FETCHER_RSYNC, 5, cases[i].said), cases[i].outcome);
}

static void test_every_status(void **state)
{
	(void)state;
	for (unsigned fetcher = FETCHER_RSYNC; fetcher <= FETCHER_COMMAND; fetcher++)
		for (int status = 0; status < 256; status++) {
			struct ending e = {.status = status, .said = ""};
			struct ending killed = {.signal = 9, .said = ""};
			enum outcome o = outcome_of((enum fetcher)fetcher, &e);
			assert_true((o == OUTCOME_DONE) == (status == 0));
			assert_true(o != OUTCOME_UNCHANGED);
			assert_non_null(outcome_words((enum fetcher)fetcher, &e));
			assert_int_equal(outcome_of((enum fetcher)fetcher, &killed), OUTCOME_KILLED);
		}
}

static void test_classes(void **state)
{
	(void)state;
	for (unsigned i = 0; i < OUTCOMES; i++) {
		enum outcome o = (enum outcome)i;
		assert_non_null(outcome_names[i]);
		assert_true(outcome_is_retried(o) ==
		            (o != OUTCOME_DONE && o != OUTCOME_UNCHANGED && o != OUTCOME_HELD));
	}
	assert_null(outcome_names[OUTCOMES]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rsync),
		cmocka_unit_test(test_what_was_said),
		cmocka_unit_test(test_every_status),
		cmocka_unit_test(test_classes),
	};

	return cmocka_run_group_tests_name("mirror/outcome", tests, NULL, NULL);
}
