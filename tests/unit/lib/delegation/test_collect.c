/* What is asked, and what never is; that it ends, also before its time. The answers are real servers': tests/e2e. */
/* SPDX-License-Identifier: MIT */
#include "delegation/collect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

struct fixture {
	uv_loop_t loop;
	struct delegation d;
	struct collect_settings settings;
	struct observed *o;
	size_t n_asked, n_done;
};

static void on_done(struct observed *o, void *data)
{
	struct fixture *f = data;

	assert_null(f->o);
	f->o = o;
}

static void on_progress(size_t n_done, size_t n_asked, void *data)
{
	struct fixture *f = data;

	assert_true(n_done <= n_asked);
	f->n_done = n_done;
	f->n_asked = n_asked;
}

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.n_asked = 0};
	assert_int_equal(uv_loop_init(&f.loop), 0);
	assert_null(delegation_init(&f.d, "2.0.192.in-addr.arpa"));
	*state = &f;
	return 0;
}

/** A leaked handle fails it. */
static int teardown(void **state)
{
	struct fixture *f = *state;

	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	if (f->o != NULL)
		observed_free(f->o);
	delegation_done(&f->d);
	return uv_loop_close(&f->loop);
}

/** Nobody listens at 127.1.2.3, which the kernel says at once. */
static void add_refusing(struct fixture *f)
{
	assert_null(delegation_add_server(&f->d, "ns1.example.net=127.1.2.3"));
	assert_int_equal(prefix_parse("127.1.2.0/24", &f->settings.allowed[f->settings.n_allowed++]), 0);
}

static void test_only_what_may_be_asked(void **state)
{
	struct fixture *f = *state;

	add_refusing(f);
	assert_null(delegation_add_server(&f->d, "ns2.example.net=127.0.0.1,10.0.0.1,192.0.2.1,::1"));
	collect_on_progress(collect_start(&f->loop, &f->d, &f->settings, on_done, f), on_progress);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_non_null(f->o);
	assert_int_equal(f->o->n_targets, 5);
	for (size_t i = 0; i < f->o->n_targets; i++) {
		const struct observed_target *t = &f->o->targets[i];
		assert_int_equal(t->is_forbidden, i > 0);
		for (enum probe p = 0; p < PROBES; p++)
			assert_int_equal(t->answers[p].query != NULL, i == 0 && p <= PROBE_PLAIN);
	}
	assert_int_equal(f->o->targets[0].answers[PROBE_SOA_UDP].rc, -ECONNREFUSED);
	assert_int_equal(f->o->targets[0].answers[PROBE_SOA_TCP].rc, -ECONNREFUSED);
	assert_string_equal(f->o->targets[0].answers[PROBE_SOA_TCP].query, "2.0.192.in-addr.arpa SOA, TCP");
	assert_int_equal(f->n_asked, 3);
	assert_int_equal(f->n_done, 3);
}

static void test_names_are_looked_up(void **state)
{
	struct fixture *f = *state;

	f->settings.has_resolver = true;
	assert_int_equal(addr_parse("127.1.2.3", 53, &f->settings.resolver), 0);
	assert_null(delegation_add_server(&f->d, "ns1.example.net"));
	assert_null(delegation_add_server(&f->d, "ns2.2.0.192.in-addr.arpa"));
	(void)collect_start(&f->loop, &f->d, &f->settings, on_done, f);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_non_null(f->o);
	assert_int_equal(f->o->n_targets, 0);
	assert_string_equal(f->o->parent.query, "0.192.in-addr.arpa SOA");
	assert_string_equal(f->o->lookups[0][0].query, "ns1.example.net A");
	assert_string_equal(f->o->lookups[0][1].query, "ns1.example.net AAAA");
	assert_null(f->o->lookups[1][0].query); /* inside the zone: nobody can */
}

static void test_nobody_to_ask(void **state)
{
	struct fixture *f = *state;

	(void)collect_start(&f->loop, &f->d, &f->settings, on_done, f);
	assert_null(f->o);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_non_null(f->o);
}

static void test_cancelled(void **state)
{
	struct fixture *f = *state;

	add_refusing(f);
	collect_cancel(collect_start(&f->loop, &f->d, &f->settings, on_done, f));
	struct collect *c = collect_start(&f->loop, &f->d, &f->settings, on_done, f);
	(void)uv_run(&f->loop, UV_RUN_ONCE); /* its timer: the questions are under way */
	if (f->o == NULL)
		collect_cancel(c);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_only_what_may_be_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_are_looked_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_to_ask, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cancelled, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
