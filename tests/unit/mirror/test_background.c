/* One job after the other on a thread that gives way to all else. */
/* SPDX-License-Identifier: MIT */
#include "mirror/background.h"

#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <sched.h>
#include <unistd.h>

struct fixture {
	uv_loop_t loop;
	struct background *background;
	int n_done, rc;
};

static int look(void *data, const atomic_bool *is_cancelled)
{
	(void)data, (void)is_cancelled;
	return sched_getscheduler(0);
}

static int wait_for_the_end(void *data, const atomic_bool *is_cancelled)
{
	(void)data;
	for (unsigned ms = 0; ms < 10000 && !atomic_load(is_cancelled); ms++)
		(void)usleep(1000);
	return atomic_load(is_cancelled) ? -ECANCELED : 0;
}

static void on_closed(void *data)
{
	((struct fixture *)data)->n_done += 100;
}

static void on_cancelled(void *data, int rc)
{
	struct fixture *f = data;

	f->rc = rc;
	background_close(f->background, on_closed, f);
}

static void on_looked(void *data, int rc)
{
	struct fixture *f = data;

	f->rc = rc;
	if (++f->n_done < 2) {
		background_run(f->background, look, on_looked, f);
		return;
	}
	assert_int_equal(f->rc, SCHED_IDLE);
	background_run(f->background, wait_for_the_end, on_cancelled, f);
	background_cancel(f->background);
}

static void test_life(void **state)
{
	struct fixture f = {.n_done = 0};
	(void)state;

	assert_int_equal(uv_loop_init(&f.loop), 0);
	f.background = background_new(&f.loop);
	background_run(f.background, look, on_looked, &f);
	(void)uv_run(&f.loop, UV_RUN_DEFAULT);
	assert_int_equal(f.n_done, 102);
	assert_int_equal(f.rc, -ECANCELED);
	assert_int_equal(sched_getscheduler(0), SCHED_OTHER); /* of the loop's own */
	assert_int_equal(uv_loop_close(&f.loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_life)};

	return cmocka_run_group_tests_name("mirror/background", tests, NULL, NULL);
}
