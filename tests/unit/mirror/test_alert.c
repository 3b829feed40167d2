/* What is said of a project and when: its state in words, how fresh it is, whom to tell. */
/* SPDX-License-Identifier: MIT */
#include "mirror/alert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1795219200,
       PERIOD = 3600 };

static struct project_status project(enum project_state state, enum tree_freshness freshness, enum outcome outcome)
{
	return (struct project_status){.name = "debian",
	                               .kind = "debian",
	                               .path = "/debian/",
	                               .upstream = "rsync://ftp.example.org/debian/",
	                               .state = state,
	                               .freshness = freshness,
	                               .outcome = outcome,
	                               .words = "what came of it",
	                               .good = NOW,
	                               .ended = NOW,
	                               .files = -1,
	                               .bytes = -1};
}

static void test_freshness(void **state)
{
	(void)state;
	assert_int_equal(status_freshness(NOW - 3 * PERIOD, 0, PERIOD, NOW), TREE_FRESH);
	assert_int_equal(status_freshness(NOW - 3 * PERIOD - 1, 0, PERIOD, NOW), TREE_STALE);
	/* of a clock that was wrong */
	assert_int_equal(status_freshness(NOW + 1000 * PERIOD, 0, PERIOD, NOW), TREE_FRESH);
	assert_int_equal(status_freshness(0, NOW - PERIOD, PERIOD, NOW), TREE_NONE);
	assert_int_equal(status_freshness(0, NOW - 4 * PERIOD, PERIOD, NOW), TREE_STALE);
}

static void test_each_turn_once(void **state)
{
	static const struct {
		enum alert told;
		enum project_state state;
		enum tree_freshness freshness;
		enum outcome outcome;
		enum alert next;
	} cases[] = {
		{ALERT_WELL, PROJECT_DONE, TREE_FRESH, OUTCOME_DONE, ALERT_WELL},
		{ALERT_WELL, PROJECT_FAILED, TREE_FRESH, OUTCOME_RETRY, ALERT_WELL},
		{ALERT_WELL, PROJECT_HELD, TREE_FRESH, OUTCOME_HELD, ALERT_HELD},
		{ALERT_HELD, PROJECT_HELD, TREE_STALE, OUTCOME_HELD, ALERT_HELD},
		{ALERT_HELD, PROJECT_RUNNING, TREE_FRESH, OUTCOME_HELD, ALERT_HELD}, /* released, and not yet well */
		{ALERT_HELD, PROJECT_FAILED, TREE_FRESH, OUTCOME_RETRY, ALERT_HELD},
		{ALERT_HELD, PROJECT_DONE, TREE_FRESH, OUTCOME_UNCHANGED, ALERT_WELL},
		{ALERT_WELL, PROJECT_FAILED, TREE_STALE, OUTCOME_RETRY, ALERT_STALE},
		{ALERT_STALE, PROJECT_RUNNING, TREE_STALE, OUTCOME_RETRY, ALERT_STALE},
		{ALERT_STALE, PROJECT_STOPPED, TREE_STALE, OUTCOME_DONE, ALERT_STALE},
		{ALERT_STALE, PROJECT_DONE, TREE_FRESH, OUTCOME_DONE, ALERT_WELL},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct project_status p = project(cases[i].state, cases[i].freshness, cases[i].outcome);
		if (alert_next(cases[i].told, &p) != cases[i].next)
			fail_msg("case %zu: %s", i, alert_names[alert_next(cases[i].told, &p)]);
	}
}

static void test_event(void **state)
{
	struct project_status p = project(PROJECT_HELD, TREE_FRESH, OUTCOME_HELD);
	char *text = alert_text(ALERT_HELD, &p, "lyon", NOW);
	(void)state;

	assert_string_equal(text,
	                    "{\"event\":\"held\",\"pop\":\"lyon\",\"project\":\"debian\","
	                    "\"at\":\"2026-11-21T00:00:00Z\",\"words\":\"what came of it\","
	                    "\"remedy\":\"look at the upstream; when what it has is right:"
	                    " fontaine mirror release debian\",\"good\":\"2026-11-21T00:00:00Z\"}");
	free(text);
	p.good = 0;
	text = alert_text(ALERT_STALE, &p, "lyon", NOW);
	assert_non_null(strstr(text, "\"good\":null}"));
	free(text);
}

static void test_remedies(void **state)
{
	static const struct {
		enum project_state state;
		enum tree_freshness freshness;
		enum outcome outcome;
		const char *remedy;
	} cases[] = {
		{PROJECT_DONE, TREE_FRESH, OUTCOME_DONE, ""},
		{PROJECT_RUNNING, TREE_FRESH, OUTCOME_DONE, ""},
		{PROJECT_STOPPED, TREE_FRESH, OUTCOME_DONE, "start debian"},
		{PROJECT_HELD, TREE_FRESH, OUTCOME_HELD, "release debian"},
		{PROJECT_FAILED, TREE_FRESH, OUTCOME_CONFIGURATION, "in the POP file"},
		{PROJECT_FAILED, TREE_STALE, OUTCOME_RETRY, "tried again by itself"},
		{PROJECT_DONE, TREE_STALE, OUTCOME_DONE, "start debian"},
	};
	char remedy[STATUS_REMEDY_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct project_status p = project(cases[i].state, cases[i].freshness, cases[i].outcome);
		const char *found = status_remedy(&p, remedy);
		assert_int_equal(*found == '\0', *cases[i].remedy == '\0');
		assert_non_null(strstr(found, cases[i].remedy));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_freshness),
		cmocka_unit_test(test_each_turn_once),
		cmocka_unit_test(test_event),
		cmocka_unit_test(test_remedies),
	};
	return cmocka_run_group_tests_name("mirror/alert", tests, NULL, NULL);
}
