/* SPDX-License-Identifier: MIT */
#include "net/workers.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { N = 3 };

struct crew_log {
	uv_timer_t timers[N];
	atomic_uint started, stopped;
	unsigned failing; /* index of the worker that can't start */
};

static void on_turn(uv_timer_t *timer)
{
	struct crew_log *log = timer->data;

	/* Whoever sees all started ends the test, once. */
	if (atomic_load(&log->started) == N && timer == &log->timers[0])
		(void)kill(getpid(), SIGTERM);
}

static int start(uv_loop_t *loop, unsigned index, void *data)
{
	struct crew_log *log = data;

	if (index == log->failing)
		return -EADDRINUSE;
	(void)uv_timer_init(loop, &log->timers[index]);
	log->timers[index].data = log;
	(void)uv_timer_start(&log->timers[index], on_turn, 10, 10);
	atomic_fetch_add(&log->started, 1);
	return 0;
}

static void stop(unsigned index, void *data)
{
	struct crew_log *log = data;

	uv_close((uv_handle_t *)&log->timers[index], NULL);
	atomic_fetch_add(&log->stopped, 1);
}

static const struct worker_ops ops = {start, stop};

static void a_signal_ends_all_in_order(void **state)
{
	struct crew_log log = {.failing = N};
	(void)state;

	assert_int_equal(workers_run(N, &ops, &log), 0);
	assert_int_equal(log.started, N);
	assert_int_equal(log.stopped, N);
}

static void one_that_cannot_start_stops_all(void **state)
{
	struct crew_log log = {.failing = 1};
	(void)state;

	assert_int_equal(workers_run(N, &ops, &log), -EADDRINUSE);
	assert_int_equal(log.started, N - 1);
	assert_int_equal(log.stopped, N - 1);
}

static void the_default_is_what_the_machine_has(void **state)
{
	(void)state;
	assert_in_range(workers_default(), 1, WORKERS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_ends_all_in_order),
		cmocka_unit_test(one_that_cannot_start_stops_all),
		cmocka_unit_test(the_default_is_what_the_machine_has),
	};

	(void)alarm(30); /* a hang is a failure */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
