/* Checks side by side: whose turn it is, how many may be, that all end. What they find is real servers': tests/e2e. */
/* SPDX-License-Identifier: MIT */
#include "rdns/checking.h"

#include "base/log.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Nobody listens there: the kernel says so at once. */
static const char pop_yaml[] = "site: {name: a, title: A, domain: a.example, city: A, country: FR, languages: [en], "
			       "operated_by: {name: A, contact: a@a.example}}\n"
			       "addresses: {ipv4: 192.0.2.1, ipv6: \"2001:db8::1\"}\n"
			       "services:\n"
			       "  pages: {}\n"
			       "  resolver: {addresses: {ipv4: 127.1.2.4}}\n"
			       "  authoritative: {addresses: {ipv4: 192.0.2.54}}\n"
			       "  rdns: {zones: [192.0.2.0/24], lab_prefixes: [127.1.2.0/24]}\n";

struct fixture {
	uv_loop_t loop;
	struct pop *pop;
	struct whose *whose;
	struct checking *checking;
	unsigned n_done, n_closed;
	bool passed, is_blind;
	char *summary;
};

/** What on_done() is given: which check it is. */
struct waiting {
	struct fixture *f;
	unsigned ended_as; /* 1: the first */
	char *verdicts;
};

static void ignore(const struct log_record *record)
{
	(void)record;
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct pop_error error;

	log_set_sink(ignore);
	*state = f;
	if (uv_loop_init(&f->loop) < 0)
		return -1;
	if (pop_parse(pop_yaml, strlen(pop_yaml), &f->pop, &error) < 0) {
		print_error("%s\n", error.what);
		return -1;
	}
	f->whose = whose_new(f->pop, NULL, 0, NULL);
	f->checking = checking_new(&f->loop, f->pop, f->whose);
	return 0;
}

static void on_closed(void *data)
{
	struct fixture *f = data;

	f->n_closed++;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	checking_close(f->checking, on_closed, f);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	int rc = uv_loop_close(&f->loop); /* UV_EBUSY: leaked handle */
	rc = f->n_closed == 1 ? rc : -1;
	whose_free(f->whose);
	pop_free(f->pop);
	free(f->summary);
	free(f);
	return rc;
}

static struct delegated *wish(const char *where)
{
	struct prefix p;
	struct delegated *d;

	assert_int_equal(prefix_parse(where, &p), 0);
	assert_int_equal(delegated_new(&p, REVERSE_RANGE, &d), 0);
	for (size_t i = 0; i < d->n_zones; i++)
		assert_null(delegation_add_server(&d->zones[i], "ns.example.net=127.1.2.3"));
	return d;
}

static void on_done(const struct check_result *r, void *data)
{
	struct waiting *w = data;

	assert_int_equal(w->ended_as, 0);
	w->ended_as = ++w->f->n_done;
	w->verdicts = mem_strdup(r->verdicts[LANGUAGE_FR]);
	w->f->passed = r->passed;
	w->f->is_blind = r->is_blind;
	free(w->f->summary);
	w->f->summary = mem_strdup(r->summary);
}

static int start(struct fixture *f, uint32_t asn, const char *where, struct waiting *w)
{
	struct delegated *d = wish(where);

	*w = (struct waiting){.f = f};
	int rc = checking_start(f->checking, asn, d, on_done, w);
	delegated_free(d); /* it was copied */
	return rc;
}

static void test_all_zones_of_a_prefix(void **state)
{
	struct fixture *f = *state;
	struct waiting w;

	assert_int_equal(start(f, 64500, "10.0.0.0/19", &w), 0); /* 32 zones */
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(w.ended_as, 1);
	assert_false(f->passed);
	assert_true(f->is_blind); /* nor is there a resolver */
	yyjson_doc *doc = yyjson_read(w.verdicts, strlen(w.verdicts), 0);
	yyjson_val *verdict;
	size_t i, n;
	yyjson_arr_foreach(yyjson_doc_get_root(doc), i, n, verdict) {
		char zone[64];
		(void)snprintf(zone, sizeof(zone), "%zu.0.10.in-addr.arpa", i);
		assert_true(yyjson_equals_str(yyjson_obj_get(verdict, "zone"), zone));
		assert_false(yyjson_is_true(yyjson_obj_get(verdict, "passed")));
	}
	assert_int_equal(n, 32);
	yyjson_doc_free(doc);
	assert_non_null(strstr(f->summary, "{\"check\":\"tcp\",\"severity\":\"error\",\"what\":\"A name server "
	                                   "does not answer over TCP.\",\"zones\":32}"));
	free(w.verdicts);
}

/** What a member waits for passes by what is only checked again, though that came before. */
static void test_members_first(void **state)
{
	struct fixture *f = *state;
	struct waiting again[4], w;
	static const char *const prefixes[] = {"10.1.0.0/17", "10.2.0.0/17", "10.3.0.0/17", "10.4.0.0/17"};

	for (size_t i = 0; i < 4; i++)
		assert_int_equal(start(f, 0, prefixes[i], &again[i]), 0);
	assert_int_equal(start(f, 64500, "192.0.2.0/24", &w), 0);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(w.ended_as, 1);
	for (size_t i = 0; i < 4; i++) {
		assert_true(again[i].ended_as > 1);
		free(again[i].verdicts);
	}
	free(w.verdicts);
}

static void test_limits(void **state)
{
	struct fixture *f = *state;
	struct waiting all[CHECKING_MAX + 1];
	char where[PREFIX_TEXT_MAX];
	unsigned n = 0;

	for (; n < CHECKING_MAX_OF_MEMBER; n++) {
		(void)snprintf(where, sizeof(where), "10.0.%u.0/24", n);
		assert_int_equal(start(f, 64500, where, &all[n]), 0);
	}
	assert_int_equal(start(f, 64500, "192.0.2.0/24", &all[n]), -EAGAIN);
	assert_int_equal(start(f, 64501, "10.0.0.0/24", &all[n]), -EBUSY);
	for (; n < CHECKING_MAX; n++) {
		(void)snprintf(where, sizeof(where), "10.1.%u.0/24", n);
		assert_int_equal(start(f, 0, where, &all[n]), 0);
	}
	assert_int_equal(start(f, 64501, "192.0.2.0/24", &all[n]), -ENOBUFS);
	assert_int_equal(checking_count(f->checking), CHECKING_MAX);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(f->n_done, CHECKING_MAX);
	for (unsigned i = 0; i < CHECKING_MAX; i++)
		free(all[i].verdicts);
}

/** Zones with the most servers there can be, all inside: each takes more sockets than 20 others. */
static void test_many_servers(void **state)
{
	struct fixture *f = *state;
	struct prefix p;
	struct delegated *d;
	struct waiting w = {.f = f};
	char server[DELEGATION_NAME_MAX];

	assert_int_equal(prefix_parse("10.0.0.0/19", &p), 0);
	assert_int_equal(delegated_new(&p, REVERSE_RANGE, &d), 0);
	for (size_t z = 0; z < d->n_zones; z++)
		for (unsigned i = 0; i < DELEGATION_SERVERS_MAX; i++) {
			(void)snprintf(server, sizeof(server),
			               "ns%u.%s=127.1.2.1,127.1.2.2,127.1.2.3,127.1.2.4", i, d->zones[z].zone);
			assert_null(delegation_add_server(&d->zones[z], server));
		}
	assert_int_equal(checking_start(f->checking, 64500, d, on_done, &w), 0);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(w.ended_as, 1);
	free(w.verdicts);
	delegated_free(d);
}

static void test_progress(void **state)
{
	struct fixture *f = *state;
	struct checking_progress p;
	struct prefix prefix;
	struct waiting w;
	bool was_seen = false;

	assert_int_equal(prefix_parse("10.0.0.0/22", &prefix), 0);
	assert_false(checking_progress(f->checking, &prefix, &p));
	assert_int_equal(start(f, 64500, "10.0.0.0/22", &w), 0);
	while (checking_progress(f->checking, &prefix, &p)) {
		assert_int_equal(p.n_zones, 4);
		assert_in_range(p.n_zones_done, 0, 3);
		assert_true(p.n_answered <= p.n_asked);
		was_seen = was_seen || p.n_answered > 0;
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	}
	assert_true(was_seen);
	assert_int_equal(w.ended_as, 1);
	free(w.verdicts);
}

/** In the middle of a round, of judging, and of waiting: nobody is told, nothing is left (teardown). */
static void test_closed_at_any_time(void **state)
{
	struct fixture *f = *state;
	static struct waiting w[3];

	for (unsigned turns = 0; turns < 12; turns++) {
		assert_int_equal(start(f, 64500, "10.0.0.0/17", &w[0]), 0);
		assert_int_equal(start(f, 0, "10.1.0.0/24", &w[1]), 0);
		f->n_done = 0;
		for (unsigned i = 0; i < turns; i++)
			(void)uv_run(&f->loop, UV_RUN_ONCE);
		checking_close(f->checking, NULL, NULL);
		unsigned n_done = f->n_done;
		(void)uv_run(&f->loop, UV_RUN_DEFAULT);
		assert_int_equal(f->n_done, n_done);
		for (size_t i = 0; i < 2; i++)
			free(w[i].verdicts);
		f->checking = checking_new(&f->loop, f->pop, f->whose);
	}
}

static void on_stopped(const struct check_result *r, void *data)
{
	unsigned *n = data;
	(void)r; /* NULL, or it had ended just before */

	++*n;
}

/** Whoever waits is told at once, and nothing begins any more. */
static void test_stopped_at_any_time(void **state)
{
	struct fixture *f = *state;

	for (unsigned turns = 0; turns < 6; turns++) {
		struct delegated *many = wish("10.0.0.0/17"), *one = wish("10.1.0.0/24");
		unsigned n_stopped = 0;
		assert_int_equal(checking_start(f->checking, 64500, many, on_stopped, &n_stopped), 0);
		assert_int_equal(checking_start(f->checking, 0, one, on_stopped, &n_stopped), 0);
		for (unsigned i = 0; i < turns; i++)
			(void)uv_run(&f->loop, UV_RUN_NOWAIT);
		checking_stop(f->checking);
		assert_int_equal(n_stopped, 2);
		assert_int_equal(checking_count(f->checking), 0);
		assert_int_equal(checking_start(f->checking, 64500, one, on_stopped, &n_stopped), -ENOBUFS);
		checking_close(f->checking, NULL, NULL);
		(void)uv_run(&f->loop, UV_RUN_DEFAULT);
		assert_int_equal(n_stopped, 2);
		delegated_free(many);
		delegated_free(one);
		f->checking = checking_new(&f->loop, f->pop, f->whose);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_zones_of_a_prefix, setup, teardown),
		cmocka_unit_test_setup_teardown(test_members_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_servers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_progress, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stopped_at_any_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_closed_at_any_time, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
