/* The IX-F Member Export: what is told of it, and exports with holes. */
/* SPDX-License-Identifier: MIT */
#include "base/ixf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static void on_member(const struct ixf_member *m, void *data)
{
	char *out = data;

	(void)sprintf(out + strlen(out), "[%u %s]", m->asn, m->name == NULL ? "-" : m->name);
}

static void on_address(uint32_t asn, const struct prefix *address, void *data)
{
	char text[PREFIX_TEXT_MAX], *out = data;

	(void)sprintf(out + strlen(out), "%u:%s ", asn, prefix_text(address, text));
}

#define MEMBER(asnum, rest) "{\"asnum\":" asnum ",\"name\":\"M\",\"connection_list\":[{\"vlan_list\":[" rest "]}]}"

static void test_told(void **state)
{
	static const struct {
		const char *text, *told;
	} cases[] = {
		{"{\"member_list\":[]}", ""},
		{"{\"member_list\":[" MEMBER("64496", "{\"ipv4\":{\"address\":\"203.0.113.11\"},"
	                                              "\"ipv6\":{\"address\":\"2001:db8::11\"}}") "]}",
	         "[64496 M]64496:203.0.113.11/32 64496:2001:db8::11/128 "},
		{"{\"member_list\":[" MEMBER("64496", "{\"ipv4\":{\"address\":\"203.0.113.11\"}},{},3,"
	                                              "{\"ipv4\":{\"address\":\"203.0.113.12\"}}") "]}",
	         "[64496 M]64496:203.0.113.11/32 64496:203.0.113.12/32 "},
		{"{\"member_list\":[" MEMBER("64496", "{\"ipv4\":{\"address\":\"nowhere\"},\"ipv6\":7},"
	                                              "{\"ipv4\":{\"address\":\"203.0.113.0/24\"}}") "]}",
	         "[64496 M]"},
		{"{\"member_list\":[" MEMBER("4294967296", "") "," MEMBER("-1", "") "," MEMBER("\"1\"", "") "]}",
	         "[0 M][0 M][0 M]"},
		{"{\"member_list\":[{\"asnum\":64496},null]}", "[64496 -][0 -]"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char told[256] = "", error[IXF_ERROR_MAX];
		const struct ixf_visitor v = {on_member, on_address, told};
		assert_int_equal(ixf_read(cases[i].text, strlen(cases[i].text), &v, error), 0);
		assert_string_equal(told, cases[i].told);
	}
}

static void test_no_export(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{"", "byte 0: "},
		{"{\"member_list\":[", "byte "},
		{"[]", "not an IX-F Member Export: no member_list"},
		{"{\"member_list\":{}}", "not an IX-F Member Export: no member_list"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char told[256] = "", error[IXF_ERROR_MAX];
		const struct ixf_visitor v = {on_member, on_address, told};
		assert_int_equal(ixf_read(cases[i].text, strlen(cases[i].text), &v, error), -EINVAL);
		assert_memory_equal(error, cases[i].error, strlen(cases[i].error));
		assert_string_equal(told, "");
	}
}

static void keep_member(const struct ixf_member *m, void *data)
{
	*(struct ixf_member *)data = *m; /* its texts go with the call */
	assert_string_equal(m->since, "2026-03-14T00:00:00Z");
	assert_string_equal(m->url, "https://www.example.net/");
	assert_string_equal(m->contacts[0], "noc@example.net");
}

static void pass_over(uint32_t asn, const struct prefix *address, void *data)
{
	(void)asn;
	(void)address;
	(void)data;
}

/** What it knows of a member beside its addresses, and nothing of what has the wrong type. */
static void test_details(void **state)
{
	static const char text[] =
	    "{\"member_list\":[{\"asnum\":64496,\"url\":\"https://www.example.net/\","
	    "\"member_since\":\"2026-03-14T00:00:00Z\",\"contact_email\":[\"noc@example.net\",7],\"connection_list\":["
	    "{\"if_list\":[{\"if_speed\":10000},{\"if_speed\":10000},{\"if_speed\":-5},{\"if_speed\":1e300}],"
	    "\"vlan_list\":[{\"ipv4\":{\"max_prefix\":20,\"routeserver\":true},\"ipv6\":{\"max_prefix\":-1}}]},"
	    "{\"if_list\":{},\"vlan_list\":[{\"ipv4\":{\"max_prefix\":30,\"services\":["
	    "{\"type\":\"ixroutecollector\"},null,{\"type\":7}]}}]}]}]}";
	struct ixf_member m = {0};
	const struct ixf_visitor v = {keep_member, pass_over, &m};
	char error[IXF_ERROR_MAX];
	(void)state;

	assert_int_equal(ixf_read(text, strlen(text), &v, error), 0);
	assert_int_equal(m.speed_mbps, 20000);
	assert_int_equal(m.max_ipv4, 30);
	assert_int_equal(m.max_ipv6, 0);
	assert_true(m.route_server);
	assert_true(m.route_collector);
	assert_int_equal(m.n_contacts, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_details),
		cmocka_unit_test(test_no_export),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
