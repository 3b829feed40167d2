/*
 * Every order of events that a run can have, in every mode: nothing is published that was not looked at and
 * verified, whatever fails leaves all as it is, and every run ends and says why.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BIT(n) (1u << (n))

static unsigned n_ends;

static void assert_sound_end(const struct run *r, unsigned passed)
{
	bool was_published = (passed & BIT(RUN_PUBLISH)) != 0;
	bool is_good = r->outcome == OUTCOME_DONE || r->outcome == OUTCOME_UNCHANGED;

	n_ends++;
	assert_int_equal(r->is_published, was_published);
	assert_int_equal(r->outcome == OUTCOME_DONE, was_published);
	assert_int_equal(r->outcome == OUTCOME_UNCHANGED, r->why == RUN_SAME);
	if (r->why == RUN_OK)
		assert_true(r->outcome == OUTCOME_DONE && r->ended_at == RUN_TRACE);
	else
		assert_true(run_may(r->ended_at, r->why));
	assert_true(!is_good || was_published || r->why == RUN_SAME);
}

/* @passed: the steps that were done. */
static void explore(struct run r, unsigned passed)
{
	if (r.step == RUN_OVER) {
		assert_sound_end(&r, passed);
		return;
	}
	assert_false(passed & BIT(r.step)); /* each once, so every run ends */
	if (r.step == RUN_PUBLISH)
		assert_true((passed & BIT(RUN_GUARD)) && (passed & BIT(RUN_VERIFY)) && (passed & BIT(RUN_FETCH)));
	if (r.step == RUN_VERIFY)
		assert_true(passed & BIT(RUN_FETCH));
	if (r.step == RUN_DELETE)
		assert_true(passed & BIT(RUN_GUARD));
	if (r.step == RUN_DELETE && r.mode == RUN_TWO_STAGE)
		assert_true(passed & BIT(RUN_PUBLISH)); /* somebody may still have the old indexes */
	for (unsigned e = 0; e < RUN_EVENTS; e++) {
		if (!run_may(r.step, (enum run_event)e))
			continue;
		for (unsigned failed = OUTCOME_RETRY; failed < OUTCOMES; failed++) {
			struct run next = r;
			run_on(&next, (enum run_event)e, (enum outcome)failed);
			explore(next, passed | (next.step != RUN_OVER || next.why == RUN_OK ? BIT(r.step) : 0));
			if (e != RUN_FAILED)
				break; /* there is but one */
		}
	}
}

static void test_every_order(void **state)
{
	(void)state;
	for (unsigned mode = 0; mode < RUN_MODES; mode++)
		for (unsigned has_probe = 0; has_probe < 2; has_probe++) {
			struct run r;
			run_begin(&r, (enum run_mode)mode, has_probe != 0);
			explore(r, 0);
		}
	assert_true(n_ends > 100);
}

static enum outcome after(enum run_mode mode, enum run_step step, enum run_event e, enum outcome failed)
{
	struct run r;

	run_begin(&r, mode, true);
	while (r.step != step)
		run_on(&r, RUN_OK, OUTCOME_DONE);
	run_on(&r, e, failed);
	assert_int_equal(r.step, RUN_OVER);
	assert_int_equal(r.ended_at, step);
	assert_int_equal(r.why, e);
	return r.outcome;
}

static void test_outcomes(void **state)
{
	(void)state;
	assert_int_equal(after(RUN_GENERATIONS, RUN_PROBE, RUN_SAME, OUTCOME_DONE), OUTCOME_UNCHANGED);
	assert_int_equal(after(RUN_GENERATIONS, RUN_LIST, RUN_SAME, OUTCOME_DONE), OUTCOME_UNCHANGED);
	assert_int_equal(after(RUN_GENERATIONS, RUN_GUARD, RUN_HOLD, OUTCOME_DONE), OUTCOME_HELD);
	assert_int_equal(after(RUN_GENERATIONS, RUN_FETCH, RUN_FAILED, OUTCOME_RERUN), OUTCOME_RERUN);
	assert_int_equal(after(RUN_GENERATIONS, RUN_FETCH, RUN_STALLED, OUTCOME_DONE), OUTCOME_RETRY);
	assert_int_equal(after(RUN_GENERATIONS, RUN_FETCH, RUN_FULL, OUTCOME_DONE), OUTCOME_HELD);
	assert_int_equal(after(RUN_GENERATIONS, RUN_VERIFY, RUN_UNSOUND, OUTCOME_DONE), OUTCOME_RERUN);
	assert_int_equal(after(RUN_GENERATIONS, RUN_PUBLISH, RUN_BROKEN, OUTCOME_DONE), OUTCOME_HELD);
	assert_int_equal(after(RUN_GENERATIONS, RUN_TRACE, RUN_BROKEN, OUTCOME_DONE), OUTCOME_DONE);
	assert_int_equal(after(RUN_TWO_STAGE, RUN_DELETE, RUN_BROKEN, OUTCOME_DONE), OUTCOME_DONE);
	assert_int_equal(after(RUN_COMMAND, RUN_FETCH, RUN_FAILED, OUTCOME_CONFIGURATION), OUTCOME_CONFIGURATION);
	assert_int_equal(after(RUN_GENERATIONS, RUN_FETCH, RUN_STOPPED, OUTCOME_DONE), OUTCOME_KILLED);
}

static void test_upstream_without_a_probe(void **state)
{
	(void)state;
	struct run r;

	run_begin(&r, RUN_GENERATIONS, true);
	run_on(&r, RUN_FAILED, OUTCOME_RERUN);
	assert_int_equal(r.step, RUN_LIST);
	run_begin(&r, RUN_GENERATIONS, false);
	assert_int_equal(r.step, RUN_LIST);
	run_begin(&r, RUN_COMMAND, false);
	assert_int_equal(r.step, RUN_PREPARE);
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < RUN_STEPS; i++)
		assert_non_null(run_steps[i]);
	for (unsigned i = 0; i < RUN_EVENTS; i++)
		assert_non_null(run_events[i]);
	assert_null(run_steps[RUN_STEPS]);
	assert_null(run_events[RUN_EVENTS]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_order),
		cmocka_unit_test(test_outcomes),
		cmocka_unit_test(test_upstream_without_a_probe),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("mirror/run", tests, NULL, NULL);
}
