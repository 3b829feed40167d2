/* The POP file's management: what is taken when nothing is said, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_management.h"

#include "pop_text.h"

#include <string.h>

static struct pop *parse(const char *rest, struct pop_error *reterr)
{
	return pop_of(reterr, POP_HEAD "%s\n", rest);
}

static void test_where_it_answers(void **state)
{
	static const struct {
		const char *rest, *first, *second;
	} cases[] = {
		{"services: {pages: {}}", "127.0.0.1:9580", "[::1]:9580"},
		{"services: {pages: {}}\nmanagement: {metrics_port: 9000}", "127.0.0.1:9000", "[::1]:9000"},
		{"services: {pages: {}}\nmanagement: {addresses: {ipv4: 10.1.0.2}, allow: [10.1.0.0/24]}",
	         "10.1.0.2:9580", NULL},
		{"services: {pages: {}}\nmanagement: {allow: [10.1.0.0/24, \"2001:db8::/48\"]}",
	         "127.0.0.1:9580", "[::1]:9580"},
	};
	struct pop_error e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char text[ADDR_PORT_TEXT_MAX];
		struct addr all[POP_MANAGEMENT_MAX];
		struct pop *p = parse(cases[i].rest, &e);
		if (p == NULL)
			fail_msg("%s: %s", cases[i].rest, e.what);
		assert_int_equal(pop_management_endpoints(p, all), cases[i].second == NULL ? 1 : 2);
		assert_string_equal(addr_port_text(&all[0], text), cases[i].first);
		if (cases[i].second != NULL)
			assert_string_equal(addr_port_text(&all[1], text), cases[i].second);
		pop_free(p);
	}
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *rest, *what;
	} mistakes[] = {
		{"services: {ntp: {set_clock: false}}\nmanagement: {metrics_port: 9000}",
	         "management: the server of the pages, which answers there, is off"},
		{"services: {pages: {}}\nmanagement: {addresses: {ipv4: 10.1.0.2}}",
	         "management: there is an address, and nobody may ask it"},
		{"services: {pages: {}}\nmanagement: {addresses: {ipv4: ten}, allow: [10.1.0.0/24]}",
	         "management.addresses.ipv4: \"ten\" is not an IPv4 address"},
		{"services: {pages: {}}\nmanagement: {allow: [10.1.0.2]}", "management.allow[0]: "},
		{"services: {pages: {}}\nmanagement: {allow: [0.0.0.0/0]}",
	         "management.allow[0]: 0.0.0.0/0 is everybody"},
		{"services: {pages: {}}\n"
	         "management: {addresses: {ipv4: 192.0.2.1}, metrics_port: 80, allow: [10.0.0.0/8]}",
	         "management: 192.0.2.1:80 is where pages answers"},
	};
	struct pop_error e;

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		assert_null(parse(mistakes[i].rest, &e));
		if (strncmp(e.what, mistakes[i].what, strlen(mistakes[i].what)) != 0)
			fail_msg("%s: %s", mistakes[i].rest, e.what);
		assert_true(e.remedy[0] != '\0' && e.line > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_it_answers),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
