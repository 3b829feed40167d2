/* What sources say, and what is told of it: alone, together, all at once, after a restart, and when nothing is said. */
/* SPDX-License-Identifier: MIT */
#include "peers/subjects.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

enum { MANY = 8 };

static const struct subjects_rules rules = {
	{.down_s = 60, .up_s = 120, .calm_s = 600}, .restart_s = 900, .stale_s = 120};

struct fixture {
	struct subjects s;
	struct subject_seen seen[MANY];
	struct look look;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.look = {.source = "rs1", .is_bird = true, .has_answered = true, .started = "then"}};
	f.look.all = f.seen;
	f.look.n = MANY;
	for (unsigned i = 0; i < MANY; i++) {
		f.seen[i] = (struct subject_seen){.asn = 64500 + i / 2, .is_up = true}; /* each network has two */
		(void)snprintf(f.seen[i].name, sizeof(f.seen[i].name), "m%u", i);
	}
	subjects_apply(&f.s, &f.look, 1, 0, &rules);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	subjects_done(&f->s);
	return 0;
}

/** Return: how many are told at @now_s. */
static size_t told(struct fixture *f, int64_t now_s)
{
	size_t n = 0;

	subjects_apply(&f->s, &f->look, 1, now_s, &rules);
	for (size_t i = 0; i < f->s.n; i++)
		n += f->s.all[i].is_told;
	return n;
}

static enum subjects_event event(const struct fixture *f)
{
	return f->s.sources[0].event;
}

/** What began and ended meanwhile is no news; what has not ended is, afterwards. Others are told as ever. */
static void test_nothing_is_told_in_maintenance(void **state)
{
	struct fixture *f = *state;

	f->s.quiet = mem_new(sizeof(*f->s.quiet));
	f->s.quiet[0] = 64500;
	f->s.n_quiet = 1;
	f->seen[0].is_up = f->seen[1].is_up = false;
	assert_int_equal(told(f, 1000), 0);
	assert_int_equal(told(f, 1060), 0);
	f->seen[6].is_up = false;
	assert_int_equal(told(f, 1100), 0);
	assert_int_equal(told(f, 1160), 1);
	assert_int_equal(f->s.all[6].is_told, true);
	for (int64_t now_s = 1200; now_s < 1300; now_s += 10) { /* it flaps */
		f->seen[0].is_up = !f->seen[0].is_up;
		assert_int_equal(told(f, now_s), 0);
	}
	f->seen[0].is_up = true;
	assert_int_equal(told(f, 2000), 0);
	f->s.n_quiet = 0;
	assert_int_equal(told(f, 2001), 1);
	assert_int_equal(f->s.all[1].is_told, true);
	f->s.quiet[0] = 0; /* all networks */
	f->s.n_quiet = 1;
	f->seen[6].is_up = true;
	assert_int_equal(told(f, 3000), 0);
	assert_int_equal(told(f, 4000), 0);
	f->s.n_quiet = 0;
	assert_int_equal(told(f, 4001), 1);
}

static void test_what_a_network_has_is_told_together(void **state)
{
	struct fixture *f = *state;

	f->seen[0].is_up = false;
	assert_int_equal(told(f, 1000), 0);
	f->seen[1].is_up = false;
	assert_int_equal(told(f, 1005), 0);
	assert_int_equal(told(f, 1059), 0);
	assert_int_equal(told(f, 1060), 2); /* the first is due, the second soon */
	assert_int_equal(told(f, 1061), 0);
	assert_int_equal(f->s.all[0].was, WATCHED_UP);
	f->seen[6].is_up = false;
	assert_int_equal(told(f, 1070), 0);
	assert_int_equal(told(f, 1129), 0);
	assert_int_equal(told(f, 1130), 1);
	f->seen[0].is_up = f->seen[1].is_up = true;
	assert_int_equal(told(f, 2000), 0);
	assert_int_equal(told(f, 2120), 2);
}

static void test_much_at_once_is_told_to_operators(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 4; i++)
		f->seen[i].is_up = false;
	assert_int_equal(told(f, 1000), 0);
	assert_int_equal(event(f), SUBJECTS_FELL);
	assert_int_equal(f->s.sources[0].n_fell, 4);
	assert_int_equal(f->s.sources[0].n, MANY);
	assert_int_equal(told(f, 1100), 0);
	assert_int_equal(event(f), SUBJECTS_NOTHING);
	f->seen[0].is_up = f->seen[1].is_up = false;
	f->seen[2].is_up = f->seen[3].is_up = true;
	assert_int_equal(told(f, 1800), 0);
	assert_int_equal(told(f, 1899), 0);
	assert_int_equal(told(f, 1900), 2); /* they did not come back */
	assert_int_equal(event(f), SUBJECTS_NOTHING);
}

static void test_a_restart_is_no_outage(void **state)
{
	struct fixture *f = *state;

	(void)strcpy(f->look.started, "now");
	for (unsigned i = 0; i < MANY; i++)
		f->seen[i].is_up = false;
	assert_int_equal(told(f, 1000), 0);
	assert_int_equal(event(f), SUBJECTS_RESTARTED);
	assert_int_equal(told(f, 1005), 0);
	assert_int_equal(event(f), SUBJECTS_NOTHING); /* not told as a fall besides */
	for (unsigned i = 0; i < MANY; i++)
		f->seen[i].is_up = true;
	assert_int_equal(told(f, 1060), 0);
	assert_int_equal(told(f, 3000), 0);
}

static void test_silence_is_not_down(void **state)
{
	struct fixture *f = *state;

	f->look.has_answered = false;
	f->look.n = 0;
	(void)strcpy(f->look.error, "No such file or directory");
	assert_int_equal(told(f, 100), 0);
	assert_int_equal(event(f), SUBJECTS_NOTHING);
	assert_int_equal(told(f, 121), 0);
	assert_int_equal(event(f), SUBJECTS_SILENT);
	assert_string_equal(f->s.sources[0].error, f->look.error);
	assert_int_equal(told(f, 100000), 0);
	assert_int_equal(event(f), SUBJECTS_NOTHING); /* told once */
	f->look.has_answered = true;
	f->look.n = MANY;
	assert_int_equal(told(f, 100001), 0);
	assert_int_equal(event(f), SUBJECTS_ANSWERS);
	assert_string_equal(f->s.sources[0].error, "");
}

static void test_what_is_not_there_any_more_is_forgotten(void **state)
{
	struct fixture *f = *state;

	f->look.n = MANY - 1;
	assert_int_equal(told(f, 1000), 0);
	assert_int_equal(f->s.all[MANY - 1].missing_s, 1000);
	assert_int_equal(told(f, 1000 + SUBJECTS_KEEP_S - 1), 0);
	assert_false(f->s.all[MANY - 1].is_gone);
	assert_int_equal(told(f, 1000 + SUBJECTS_KEEP_S), 0);
	assert_true(f->s.all[MANY - 1].is_gone);
	f->look.source = "rs2";
	assert_int_equal(told(f, 200000), 0);
	assert_true(f->s.all[0].is_gone); /* with its source */
	assert_false(f->s.sources[0].is_listed);
}

static void test_what_is_said_twice_counts_once(void **state)
{
	struct fixture *f = *state;

	(void)strcpy(f->seen[1].name, "m0");
	f->look.source = "rs2";
	assert_int_equal(told(f, 1000), 0);
	assert_int_equal(f->s.n, 2 * MANY - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing_is_told_in_maintenance, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_a_network_has_is_told_together, setup, teardown),
		cmocka_unit_test_setup_teardown(test_much_at_once_is_told_to_operators, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_restart_is_no_outage, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silence_is_not_down, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_there_any_more_is_forgotten, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_said_twice_counts_once, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
