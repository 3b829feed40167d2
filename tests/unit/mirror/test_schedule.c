/* When projects run: intervals, cron, pushes, restarts, clocks that jump, and never more at once than may be. */
/* SPDX-License-Identifier: MIT */
#include "mirror/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

enum {
	HOUR = 3600,
	DAY = 86400,
	START = 1795219200, /* 2026-11-21 00:00 UTC, a Saturday */
};

/* The smallest number, unless a test wants another. */
static uint32_t chance;

static uint32_t chosen(uint32_t bound)
{
	return chance < bound ? chance : bound - 1;
}

static struct schedule_now at(int64_t s)
{
	return (struct schedule_now){.wall_s = START + s, .mono_s = 1000 + s};
}

static struct schedule *with(unsigned runs_at_once, unsigned runs_per_upstream)
{
	struct schedule_config config = {
		.runs_at_once = runs_at_once, .runs_per_upstream = runs_per_upstream, .random = chosen};

	chance = 0;
	return schedule_new(&config);
}

static size_t add_interval(struct schedule *s, uint32_t interval_s, int64_t due_s, struct schedule_now now)
{
	struct schedule_rule rule = {.interval_s = interval_s};
	struct schedule_kept kept = {.due_s = due_s};

	return schedule_add(s, &rule, &kept, now);
}

static size_t add_cron(struct schedule *s, const char *text, int64_t due_s, struct schedule_now now)
{
	struct schedule_rule rule = {.interval_s = 0};
	struct schedule_kept kept = {.due_s = due_s};

	assert_int_equal(cron_parse(text, &rule.cron), 0);
	return schedule_add(s, &rule, &kept, now);
}

static void assert_takes(struct schedule *s, struct schedule_now now, size_t project)
{
	size_t taken = SIZE_MAX;

	assert_true(schedule_take(s, now, &taken));
	assert_int_equal(taken, project);
}

static void assert_nothing(struct schedule *s, struct schedule_now now)
{
	size_t taken;

	assert_false(schedule_take(s, now, &taken));
}

static void test_interval(void **state)
{
	(void)state;
	struct schedule *s = with(1, 1);
	size_t p = add_interval(s, 6 * HOUR, 0, at(0));

	assert_takes(s, at(0), p); /* never ran */
	assert_nothing(s, at(7 * HOUR));
	schedule_ended(s, p, 0, at(100));
	assert_nothing(s, at(100 + 6 * HOUR - 1));
	assert_int_equal(schedule_wait(s, at(100 + 6 * HOUR - 7)), 7);
	assert_int_equal(schedule_wait(s, at(200)), SCHEDULE_WAIT_MAX_S);
	assert_takes(s, at(100 + 6 * HOUR), p);

	chance = UINT32_MAX; /* up to a tenth later, never earlier */
	schedule_ended(s, p, 0, at(DAY));
	assert_nothing(s, at(DAY + 6 * HOUR + 6 * HOUR / 10 - 1));
	assert_takes(s, at(DAY + 6 * HOUR + 6 * HOUR / 10), p);
	schedule_free(s);
}

static void test_cron(void **state)
{
	(void)state;
	struct schedule *s = with(1, 1);
	size_t p = add_cron(s, "30 4 * * *", START + 1, at(0));

	assert_nothing(s, at(0));
	assert_takes(s, at(1), p); /* what was kept: a retry */
	schedule_ended(s, p, 0, at(10));
	assert_nothing(s, at(4 * HOUR + 1799));
	assert_takes(s, at(4 * HOUR + 1800), p);
	schedule_ended(s, p, 60, at(5 * HOUR));
	assert_takes(s, at(5 * HOUR + 60), p);
	schedule_ended(s, p, 0, at(6 * HOUR));
	assert_int_equal(schedule_kept(s, p, at(6 * HOUR)).due_s, START + DAY + 4 * HOUR + 1800);
	schedule_free(s);
}

static void test_retry_is_no_later_than_the_next_run(void **state)
{
	(void)state;
	struct schedule *s = with(1, 1);
	size_t p = add_interval(s, HOUR, 0, at(0));

	assert_takes(s, at(0), p);
	schedule_ended(s, p, 2 * HOUR, at(0));
	assert_takes(s, at(HOUR), p);
	schedule_free(s);
}

static void test_downtime(void **state)
{
	(void)state;
	enum { N = 40 };
	struct schedule *s = with(N, N);
	size_t taken;

	for (unsigned i = 0; i < N; i++) { /* a week late, all of them */
		chance = i * 20;
		(void)add_interval(s, DAY, START - 7 * DAY, at(0));
	}
	unsigned n = 0;
	for (int64_t t = 0; t <= SCHEDULE_CATCH_UP_S; t++) {
		unsigned n_now = 0;
		for (; schedule_take(s, at(t), &taken); n_now++)
			continue;
		n += n_now;
		assert_true(n_now < N / 2); /* never all at once */
	}
	assert_int_equal(n, N); /* each once */
	schedule_free(s);

	s = with(1, 1);
	(void)add_interval(s, 600, START - DAY, at(0));
	assert_true(schedule_wait(s, at(0)) <= 60); /* whoever runs often is not made to wait */
	(void)add_interval(s, DAY, START + 300, at(0));
	assert_int_equal(schedule_kept(s, 1, at(100)).due_s, START + 300);
	(void)add_interval(s, DAY, START + 365L * DAY, at(0)); /* from a clock that was wrong */
	assert_int_equal(schedule_kept(s, 2, at(100)).due_s, START + DAY);
	schedule_free(s);
}

static void test_wall_clock_jumps(void **state)
{
	(void)state;
	struct schedule *s = with(2, 2);
	size_t interval = add_interval(s, HOUR, START + HOUR, at(0));
	size_t cron = add_cron(s, "0 12 * * *", START + DAY / 2, at(0));
	struct schedule_now now = at(10);

	now.wall_s -= 30L * DAY; /* back */
	assert_nothing(s, now);
	assert_int_equal(schedule_kept(s, cron, now).due_s, START + DAY / 2 - 30L * DAY);
	now.mono_s += HOUR; /* the interval is as long as ever */
	assert_takes(s, now, interval);
	schedule_ended(s, interval, 0, now);
	now.wall_s += 60L * DAY; /* and forward: noon has passed, sixty times */
	assert_takes(s, now, cron);
	assert_nothing(s, now);
	schedule_ended(s, cron, 0, now);
	assert_nothing(s, now);
	schedule_free(s);
}

static void test_pushes(void **state)
{
	(void)state;
	struct schedule *s = with(1, 1);
	size_t p = add_interval(s, DAY, START + DAY, at(0)), other = add_interval(s, DAY, START + DAY, at(0));

	assert_nothing(s, at(0));
	schedule_push(s, p, at(5));
	assert_int_equal(schedule_wait(s, at(5)), 0);
	schedule_push(s, p, at(6)); /* before it began: still one run */
	assert_takes(s, at(6), p);
	schedule_push(s, p, at(7)); /* in mid-run: one more */
	schedule_push(s, other, at(8));
	schedule_push(s, p, at(9));
	assert_nothing(s, at(9));
	assert_true(schedule_kept(s, p, at(9)).is_wanted);
	schedule_ended(s, p, 0, at(10));
	assert_takes(s, at(10), p); /* has waited longer than the other */
	assert_false(schedule_kept(s, p, at(10)).is_wanted);
	schedule_ended(s, p, 0, at(11));
	assert_takes(s, at(11), other);
	schedule_ended(s, other, 0, at(12));
	assert_nothing(s, at(12));
	schedule_free(s);
}

static void test_push_survives_a_restart(void **state)
{
	(void)state;
	struct schedule *s = with(1, 1);
	struct schedule_rule rule = {.interval_s = DAY};
	size_t p = add_interval(s, DAY, START + DAY, at(0));

	schedule_push(s, p, at(5));
	struct schedule_kept kept = schedule_kept(s, p, at(5));
	schedule_free(s);
	s = with(1, 1);
	assert_takes(s, at(9), schedule_add(s, &rule, &kept, at(9)));
	schedule_free(s);
}

static void test_paused(void **state)
{
	(void)state;
	struct schedule *s = with(1, 1);
	size_t p = add_interval(s, HOUR, 0, at(0));

	schedule_pause(s, p, true);
	schedule_push(s, p, at(5));
	assert_nothing(s, at(DAY));
	assert_int_equal(schedule_wait(s, at(DAY)), SCHEDULE_WAIT_MAX_S);
	assert_true(schedule_kept(s, p, at(DAY)).is_paused);
	schedule_pause(s, p, false);
	assert_takes(s, at(DAY), p);
	schedule_free(s);
}

static void test_upstream_has_its_own_limit(void **state)
{
	(void)state;
	struct schedule *s = with(3, 1);
	size_t a = add_interval(s, HOUR, 0, at(0)), b = add_interval(s, HOUR, 0, at(0));
	size_t c = add_interval(s, HOUR, 0, at(0)), d = add_interval(s, HOUR, 0, at(0));

	schedule_set_upstream(s, a, "one.example");
	schedule_set_upstream(s, b, "one.example");
	schedule_set_upstream(s, c, "two.example"); /* d has none: a command */
	assert_takes(s, at(0), a);
	assert_takes(s, at(0), c); /* not kept waiting by b, whose upstream is busy */
	assert_takes(s, at(0), d);
	schedule_ended(s, d, 0, at(1));
	assert_nothing(s, at(2));
	schedule_ended(s, a, 0, at(3));
	assert_takes(s, at(3), b);
	schedule_free(s);
}

/* A busy week of many projects, with pushes at every moment: the limits hold, and each push is followed by a run. */
static void test_many(void **state)
{
	(void)state;
	enum { N = 60,
	       LIMIT = 7,
	       PER_UPSTREAM = 2,
	       STEPS = 20000 };
	static const char *const hosts[] = {"a", "b", "c", "d", "e"};
	struct schedule *s = with(LIMIT, PER_UPSTREAM);
	bool is_running[N] = {false}, is_wanted[N] = {false};
	unsigned n_runs[N] = {0}, n_running = 0, of_host[5] = {0};
	uint64_t random = 1;

	for (size_t i = 0; i < N; i++) {
		(void)add_interval(s, HOUR, 0, at(0));
		schedule_set_upstream(s, i, hosts[i % 5]);
	}
	for (unsigned step = 0; step < STEPS; step++) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		struct schedule_now now = at(step * 30L);
		size_t p = (random >> 40) % N;
		if (is_running[p]) {
			schedule_ended(s, p, random >> 33 & 1 ? 60 : 0, now);
			is_running[p] = false;
			n_running--;
			of_host[p % 5]--;
		} else if ((random >> 34 & 7) == 0) {
			schedule_push(s, p, now);
			is_wanted[p] = true;
		}
		while (schedule_take(s, now, &p)) {
			assert_false(is_running[p]);
			is_running[p] = true;
			is_wanted[p] = false;
			n_runs[p]++;
			assert_true(++n_running <= LIMIT && ++of_host[p % 5] <= PER_UPSTREAM);
		}
	}
	for (size_t i = 0; i < N; i++) {
		assert_true(n_runs[i] > 10);
		assert_int_equal(schedule_kept(s, i, at(0)).is_wanted, is_wanted[i]);
	}
	schedule_free(s);
}

static void test_longest_time_between(void **state)
{
	static const struct {
		const char *text;
		uint32_t longest_s;
	} cases[] = {{"15 */4 * * *", 4 * HOUR}, {"0 6,8 * * *", 22 * HOUR}, {"0 0 * * 1", 7 * DAY}};
	struct schedule_rule rule = {.interval_s = 10 * HOUR};
	(void)state;

	assert_int_equal(schedule_period(&rule, START), 11 * HOUR); /* with what may come on top by chance */
	rule.interval_s = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(cron_parse(cases[i].text, &rule.cron), 0);
		assert_int_equal(schedule_period(&rule, START), cases[i].longest_s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_longest_time_between),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_cron),
		cmocka_unit_test(test_retry_is_no_later_than_the_next_run),
		cmocka_unit_test(test_downtime),
		cmocka_unit_test(test_wall_clock_jumps),
		cmocka_unit_test(test_pushes),
		cmocka_unit_test(test_push_survives_a_restart),
		cmocka_unit_test(test_paused),
		cmocka_unit_test(test_upstream_has_its_own_limit),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("mirror/schedule", tests, NULL, NULL);
}
