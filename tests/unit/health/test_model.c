/* Services and addresses: what follows of what single sockets answer, and what is told of it. */
/* SPDX-License-Identifier: MIT */
#include "health/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* The time has an address of its own; the others have sockets at one. */
static const char text[] = "site: {name: lab, title: Lab, domain: lab.example, city: Lyon, country: FR,\n"
			   "  languages: [en], operated_by: {name: Lab, contact: noc@example.net}}\n"
			   "addresses: {ipv4: 192.0.2.1}\n"
			   "services:\n"
			   "  ntp: {set_clock: false, addresses: {ipv4: 192.0.2.2}}\n"
			   "  speedtest: {}\n"
			   "  pages: {}\n"
			   "bgp: {asn: 64500, router_id: 192.0.2.9, leave_seconds: 3,\n"
			   "  neighbours: [{address: 192.0.2.10, asn: 64501}]}\n";

struct lab {
	struct pop *pop;
	struct model model;
	struct model_time now;
	char told[1024]; /* all events */
};

static void on_event(const struct model_event *e, void *data)
{
	struct lab *l = data;
	size_t len = strlen(l->told);

	(void)snprintf(l->told + len, sizeof(l->told) - len, "%s=%s%s%s;", e->name, e->state, *e->reason ? " " : "",
	               e->reason);
}

static int setup(void **state)
{
	static struct lab lab;
	struct pop_error error;

	lab = (struct lab){.now = {1000, 1700000000}};
	if (pop_parse(text, strlen(text), &lab.pop, &error) < 0)
		fail_msg("%u: %s", error.line, error.what);
	model_init(&lab.model, lab.pop, on_event, &lab);
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	struct lab *l = *state;

	pop_free(l->pop);
	return 0;
}

/** All answer well for @seconds, but @bad, a service, or NULL. */
static void pass(struct lab *l, unsigned seconds, const char *bad)
{
	while (seconds-- > 0) {
		for (size_t i = 0; i < l->model.n_sockets; i++) {
			const char *service = l->model.sockets[i].endpoint.service;
			struct finding f = {.is_up = bad == NULL || strcmp(bad, service) != 0, .detail = "wrong"};
			model_take(&l->model, i, &f, l->now);
		}
		model_announce(&l->model, l->now);
		l->now.ms += 1000;
		l->now.s++;
	}
}

static void check_told(struct lab *l, const char *expected)
{
	assert_string_equal(l->told, expected);
	l->told[0] = '\0';
}

#define ALL_UP "pages=up;speedtest=up;ntp=up;"

static void test_it_comes_up(void **state)
{
	struct lab *l = *state;

	assert_int_equal(l->model.n_sockets, 7);
	assert_int_equal(l->model.n_addresses, 2);
	pass(l, 3, NULL);
	check_told(l, ALL_UP);
	assert_false(model_is_ready(&l->model));
	pass(l, 9, NULL);
	check_told(l, "");
	pass(l, 1, NULL);
	check_told(l, "192.0.2.1=announced;192.0.2.2=announced;");
	assert_true(model_is_ready(&l->model));
}

static void test_one_service_takes_its_address_along(void **state)
{
	struct lab *l = *state;

	pass(l, 13, NULL);
	l->told[0] = '\0';
	pass(l, 2, "speedtest");
	check_told(l, "");
	pass(l, 1, "speedtest");
	check_told(l, "speedtest=down http 192.0.2.1:8080: wrong;192.0.2.1=withdrawn;");
	assert_string_equal(model_service(&l->model, "speedtest")->detail, "http 192.0.2.1:8080: wrong");
	assert_int_equal(model_service(&l->model, "speedtest")->n_falls, 1);
	pass(l, 3, NULL);
	check_told(l, "speedtest=up;");
	pass(l, 10, NULL);
	check_told(l, "192.0.2.1=announced;");
}

/** A lease for each prefix, whose addresses go together, and not with those of the server that answers there. */
static void test_as112(void **state)
{
	static const char node[] = "site: {name: lab, title: Lab, domain: lab.example, city: Lyon, country: FR,\n"
				   "  languages: [en], operated_by: {name: Lab, contact: noc@example.net}}\n"
				   "services: {authoritative: {addresses: {ipv4: 192.0.2.1}, as112: true}}\n"
				   "bgp: {asn: 64500, router_id: 192.0.2.9,\n"
				   "  neighbours: [{address: 192.0.2.10, asn: 64501}]}\n";
	static const struct {
		const char *address;
		unsigned prefix_len;
	} expected[] = {{"192.0.2.1", 32},
	                {"192.175.48.1", 24},
	                {"192.31.196.1", 24},
	                {"2620:4f:8000::1", 48},
	                {"2001:4:112::1", 48}};
	struct lab *l = *state;
	struct pop_error error;
	char address[ADDR_TEXT_MAX];

	pop_free(l->pop);
	assert_int_equal(pop_parse(node, strlen(node), &l->pop, &error), 0);
	model_init(&l->model, l->pop, on_event, l);
	assert_int_equal(l->model.n_addresses, sizeof(expected) / sizeof(*expected));
	for (size_t i = 0; i < l->model.n_addresses; i++) {
		assert_string_equal(addr_text(&l->model.addresses[i].addr, address), expected[i].address);
		assert_int_equal(l->model.addresses[i].prefix_len, expected[i].prefix_len);
	}
	pass(l, 30, "as112");
	check_told(l, "authoritative=up;as112=down udp 192.175.48.1:53: wrong;192.0.2.1=announced;");
}

static void test_drain(void **state)
{
	struct lab *l = *state;

	pass(l, 13, NULL);
	l->told[0] = '\0';
	model_service(&l->model, "pages")->is_drained = true;
	pass(l, 3, NULL);
	check_told(l, "192.0.2.1=leaving drained;");
	assert_false(model_is_ready(&l->model));
	pass(l, 1, NULL);
	check_told(l, "192.0.2.1=withdrawn drained;");
	model_service(&l->model, "pages")->is_drained = false;
	pass(l, 1, NULL);
	check_told(l, "192.0.2.1=announced;");
}

static void test_what_was_told_before(void **state)
{
	struct lab *l = *state;

	model_recall(&l->model, "ntp", TOLD_UP, 1600000000);
	model_recall(&l->model, "speedtest", TOLD_DOWN, 1600000000);
	model_recall(&l->model, "resolver", TOLD_DOWN, 1600000000); /* is off now */
	pass(l, 3, NULL);
	check_told(l, "pages=up;speedtest=up;");
	assert_int_equal(model_service(&l->model, "ntp")->since_s, 1600000000);
	assert_int_equal(model_service(&l->model, "speedtest")->since_s, 1700000002);
}

static void test_forgetting(void **state)
{
	struct lab *l = *state;

	pass(l, 13, NULL);
	l->told[0] = '\0';
	model_forget(&l->model, l->now);
	model_announce(&l->model, l->now);
	check_told(l, "192.0.2.1=withdrawn;192.0.2.2=withdrawn;");
	pass(l, 13, NULL);
	check_told(l, "192.0.2.1=announced;192.0.2.2=announced;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_it_comes_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_service_takes_its_address_along, setup, teardown),
		cmocka_unit_test_setup_teardown(test_as112, setup, teardown),
		cmocka_unit_test_setup_teardown(test_drain, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_was_told_before, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forgetting, setup, teardown),
	};

	return cmocka_run_group_tests_name("health/model", tests, NULL, NULL);
}
