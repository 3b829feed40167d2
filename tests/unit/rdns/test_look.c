/* A look ends when nobody is there, and before its time. What real servers show it: tests/e2e. */
/* SPDX-License-Identifier: MIT */
#include "rdns/look.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct fixture {
	uv_loop_t loop;
	struct delegation d;
	struct collect_settings settings;
	struct look *look;
	struct look_result result;
	unsigned n_done, n_closed;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.n_done = 0};
	assert_int_equal(uv_loop_init(&f.loop), 0);
	assert_null(delegation_init(&f.d, "2.0.192.in-addr.arpa"));
	/* Nobody listens there, which the kernel says at once. */
	assert_null(delegation_add_server(&f.d, "ns1.example.net=127.1.2.3"));
	assert_int_equal(prefix_parse("127.1.2.0/24", &f.settings.allowed[f.settings.n_allowed++]), 0);
	*state = &f;
	return 0;
}

/** A leaked handle fails it. */
static int teardown(void **state)
{
	struct fixture *f = *state;

	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	delegation_done(&f->d);
	return uv_loop_close(&f->loop);
}

static void on_done(const struct look_result *r, void *data)
{
	struct fixture *f = data;

	f->n_done++;
	f->result = *r;
}

static void on_closed(void *data)
{
	struct fixture *f = data;

	f->n_closed++;
}

static void start(struct fixture *f)
{
	const struct look_config config = {.zone = &f->d, .settings = &f->settings};

	f->look = look_start(&f->loop, &config, on_done, f);
}

static void test_nobody_there(void **state)
{
	struct fixture *f = *state;

	start(f);
	assert_int_equal(f->n_done, 0);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(f->n_done, 1);
	assert_int_equal(f->result.ds.outcome, FOLLOW_SILENT);
	assert_int_equal(f->result.ns.outcome, FOLLOW_SILENT);
}

/** At any point: so many turns of the loop after its begin. */
static void test_cancelled(void **state)
{
	struct fixture *f = *state;
	unsigned n = 0;

	for (unsigned turns = 0; f->n_done == 0; turns++) {
		start(f);
		for (unsigned i = 0; i < turns && f->n_done == 0; i++)
			(void)uv_run(&f->loop, UV_RUN_ONCE);
		if (f->n_done > 0)
			break;
		look_cancel(f->look, on_closed, f);
		(void)uv_run(&f->loop, UV_RUN_DEFAULT);
		assert_int_equal(f->n_closed, ++n);
	}
	assert_true(n > 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nobody_there, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cancelled, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
