/* The POP file's notices: defaults, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_notices.h"

#include "pop_text.h"

#include <string.h>

#define HEAD  POP_HEAD "services: {pages: {}}\n"
#define BIRDS "birds: [{name: rs1, socket: /run/bird/bird.ctl}]"

static struct pop *parse(const char *rest, struct pop_error *reterr)
{
	return pop_of(reterr, HEAD "%s\n", rest);
}

static void test_defaults(void **state)
{
	struct pop_error e;
	struct pop *p = parse("bgp: {asn: 64500, router_id: 192.0.2.1,\n"
	                      "  neighbours: [{address: 192.0.2.2, asn: 64501}]}\n"
	                      "notices: {}",
	                      &e);

	(void)state;
	assert_non_null(p);
	assert_int_equal(p->notices->n_birds, 1);
	assert_string_equal(p->notices->birds[0].socket, "/run/bird/bird.ctl");
	assert_int_equal(p->notices->interval_seconds, 5);
	assert_int_equal(p->notices->down_seconds, 60);
	assert_int_equal(p->notices->restart_seconds, 900);
	assert_false(p->notices->hide);
	pop_free(p);
	p = parse("notices: {" BIRDS ", down_seconds: 30, members: [{asn: 64501, by: nothing}]}", &e);
	assert_non_null(p);
	assert_int_equal(p->notices->down_seconds, 30);
	assert_int_equal(p->notices->members[0].by, POP_NOTICES_NOTHING);
	pop_free(p);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *rest, *what;
	} cases[] = {
		{"notices: {}", "nothing says how sessions or ports are"},
		{"notices: {birds: [{name: rs 1, socket: /a}]}", "notices.birds[0].name"},
		{"notices: {birds: [{name: rs1, socket: bird.ctl}]}", "notices.birds[0].socket"},
		{"notices: {links: [{name: sw1}]}", "notices.links[0]: has neither url nor file"},
		{"notices: {links: [{name: sw1, url: \"https://a.example/\", file: /a}]}", "has both url and file"},
		{"notices: {links: [{name: sw1, url: \"ftp://a.example/\"}]}", "notices.links[0].url"},
		{"notices: {links: [{name: sw1, file: a}]}", "notices.links[0].file"},
		{"notices: {" BIRDS ", links: [{name: rs1, file: /a}]}", "two birds or links are called \"rs1\""},
		{"notices: {" BIRDS ", mail_server: mail.example.net}", "notices.mail_server"},
		{"notices: {" BIRDS ", mail_from: noc}", "notices.mail_from"},
		{"notices: {" BIRDS ", operators: [a@example.net, b]}", "notices.operators[1]"},
		{"notices: {" BIRDS ", webhook: \"gopher://a.example\"}", "notices.webhook"},
		{"notices: {" BIRDS ", interval_seconds: 301}", "notices.interval_seconds: 301 is more than 300"},
		{"notices: {" BIRDS ", members: [{asn: 64501, by: webhook}]}", "is to be told by one, and has none"},
		{"notices: {" BIRDS ", members: [{asn: 64501, by: fax}]}", "notices.members[0].by"},
		{"notices: {" BIRDS ", members: [{asn: 64501, mail: [x]}]}", "notices.members[0].mail[0]"},
		{"notices: {" BIRDS ", members: [{asn: 64501, language: de}]}", "notices.members[0].language"},
		{"notices: {" BIRDS ", members: [{asn: 1}, {asn: 1}]}", "notices.members[1]: AS1 is listed twice"},
	};
	struct pop_error e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(parse(cases[i].rest, &e));
		if (strstr(e.what, cases[i].what) == NULL)
			fail_msg("%s: %s", cases[i].rest, e.what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
