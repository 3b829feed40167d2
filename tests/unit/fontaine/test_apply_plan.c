/* What a new POP file changes: who is told, and what cannot be changed while the POP runs. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/apply_plan.h"

#include "base/mem.h"
#include "fontaine/generated.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char site[] =
    "site:\n"
    "  name: lyon\n"
    "  title: Lyon\n"
    "  domain: lyon.example.net\n"
    "  city: Lyon\n"
    "  country: FR\n"
    "  languages: [fr]\n"
    "  operated_by: {name: IX, contact: noc@example.net}\n"
    "addresses: {ipv4: 192.0.2.1}\n"
    "services:\n"
    "  pages: {}\n"
    "  ntp: {set_clock: false}\n"
    "  resolver: {addresses: {ipv4: 192.0.2.53}}\n";

static const char speedtest[] = "  speedtest: {workers: 2, daily_gib: 500}\n";

/** A POP of @site and @rest, with one file @name that says @text. */
static struct apply_side side_of(const char *rest, const char *name, const char *text)
{
	struct apply_side s = {.text = mem_printf("%s%s", site, rest)};
	struct pop_error e;

	if (pop_parse(s.text, strlen(s.text), &s.pop, &e) < 0)
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
	fileset_init(&s.rendered, "/run/fontaine");
	fileset_init(&s.generated, "/run/generator");
	if (name != NULL)
		fileset_take(&s.rendered, name, text == NULL ? NULL : mem_strdup(text));
	generated_add(s.pop, &s.generated);
	return s;
}

static void side_done(struct apply_side *s)
{
	fileset_done(&s->rendered);
	fileset_done(&s->generated);
	pop_free(s->pop);
	free(s->text);
}

/** "unbound.service reloaded, healthd.service restarted", or why it is refused. Release with free(). */
static char *told(struct apply_side old, struct apply_side new)
{
	struct apply_plan plan;

	apply_plan(&old, &new, &plan);
	char *text = mem_strdup(plan.refused);
	for (size_t i = 0; i < plan.n && *plan.refused == '\0'; i++) {
		const struct apply_change *c = &plan.changes[i];
		if (c->how == APPLY_UNCHANGED)
			continue;
		const char *comma = *text == '\0' ? "" : ", ";
		char *longer = mem_printf("%s%s%s %s", text, comma, c->unit, apply_how_word(c->how));
		free(text);
		text = longer;
	}
	side_done(&old);
	side_done(&new);
	return text;
}

static void assert_told(struct apply_side old, struct apply_side new, const char *expected)
{
	char *text = told(old, new);

	assert_string_equal(text, expected);
	free(text);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_told(side_of("", "unbound/unbound.conf", "a"), side_of("", "unbound/unbound.conf", "a"), "");
	/* written another way, with a default spelled out */
	assert_told(side_of(speedtest, NULL, NULL),
	            side_of("  speedtest:\n    daily_gib: 500 # a day\n    workers: 2\n", NULL, NULL),
	            "");
}

static void test_who_is_told_of_a_file(void **state)
{
	static const struct {
		const char *name, *expected;
	} cases[] = {
		{"unbound/unbound.conf", "unbound.service reloaded"},
		{"nginx/nginx.conf", "nginx.service reloaded"},
		{"nginx/mirror.conf", "nginx.service reloaded"},
		{"chrony/chrony.conf", "chrony.service restarted"},
		{"www/pop.json", ""}, /* it is read whenever it is asked for */
		{"tls/acme", ""},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_told(side_of("", cases[i].name, "a"), side_of("", cases[i].name, "b"), cases[i].expected);
		assert_told(side_of("", cases[i].name, "a"), side_of("", cases[i].name, NULL), cases[i].expected);
		assert_told(side_of("", NULL, NULL), side_of("", cases[i].name, "b"), cases[i].expected);
	}
}

static void test_daemons_read_the_pop_file_themselves(void **state)
{
	(void)state;
	assert_told(side_of(speedtest, NULL, NULL), side_of("  speedtest: {workers: 2, daily_gib: 600}\n", NULL, NULL),
	            "speedtestd.service restarted, fontaine-metrics.service restarted, healthd.service restarted");
	assert_told(side_of("", NULL, NULL), side_of("members: [{asn: 64496, name: One}]\n", NULL, NULL), "");
}

static void test_what_needs_a_boot(void **state)
{
	(void)state;
	assert_told(side_of("", NULL, NULL), side_of(speedtest, NULL, NULL),
	            "services.speedtest: its socket 192.0.2.1:8080 (http) would be opened");
	assert_told(side_of(speedtest, NULL, NULL), side_of("", NULL, NULL),
	            "services.speedtest: its socket 192.0.2.1:8080 (http) would be closed");
	assert_told(side_of(speedtest, NULL, NULL), side_of("  speedtest: {workers: 3}\n", NULL, NULL),
	            "speedtestd.socket.d/pop.conf: what systemd is told at boot would change");
	assert_told(side_of("ixf_export: /srv/ixf.json\n", NULL, NULL), side_of("", NULL, NULL),
	            "fontaine-members.path would be stopped");
	assert_told(side_of("", "tls/names", "a"), side_of("", "tls/names", "b"),
	            "site.domain: the certificate would need other names");
	assert_told(side_of("", "network/eth0.network", "a"), side_of("", "network/eth0.network", "b"),
	            "network: the machine would be connected otherwise");
}

static void test_the_firewall_is_the_machines(void **state)
{
	static const char network[] =
	    "network: {interfaces: [{name: eth0, addresses: [192.0.2.1/24, 192.0.2.53/24]}]}\n";

	(void)state;
	assert_told(side_of(network, "nftables/nftables.conf", "a"), side_of(network, "nftables/nftables.conf", "b"),
	            "nftables.service reloaded");
	assert_told(side_of("", "nftables/nftables.conf", "a"), side_of("", "nftables/nftables.conf", "b"), "");
}

static void test_as_json(void **state)
{
	struct apply_side old = side_of("", "nginx/nginx.conf", "a"), new = side_of("", "nginx/nginx.conf", "b");
	struct apply_plan plan;
	(void)state;

	apply_plan(&old, &new, &plan);
	assert_true(plan.is_any);
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	char *json = yyjson_mut_val_write(apply_plan_json(d, &plan), 0, NULL);
	assert_string_equal(json,
	                    "[{\"service\":\"resolver\",\"unit\":\"unbound.service\",\"how\":\"unchanged\"},"
	                    "{\"service\":\"pages\",\"unit\":\"nginx.service\",\"how\":\"reloaded\","
	                    "\"because\":\"nginx/nginx.conf\"},"
	                    "{\"service\":\"ntp\",\"unit\":\"chrony.service\",\"how\":\"unchanged\"},"
	                    "{\"service\":\"metrics\",\"unit\":\"fontaine-metrics.service\",\"how\":\"unchanged\"},"
	                    "{\"service\":\"health\",\"unit\":\"healthd.service\",\"how\":\"unchanged\"}]");
	free(json);
	yyjson_mut_doc_free(d);
	side_done(&old);
	side_done(&new);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_who_is_told_of_a_file),
		cmocka_unit_test(test_daemons_read_the_pop_file_themselves),
		cmocka_unit_test(test_what_needs_a_boot),
		cmocka_unit_test(test_the_firewall_is_the_machines),
		cmocka_unit_test(test_as_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
