/* The networks of an exchange point, from the POP file or an IX-F Member Export, and their JSON. */
/* SPDX-License-Identifier: MIT */
#include "base/networks.h"

#include "base/log.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** The networks of the export @text. */
static struct networks *read_export(const char *text)
{
	char path[] = "/tmp/test_networks.XXXXXX";
	struct networks *n = NULL;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	int rc = networks_new(&(struct pop){.ixf_export = path}, &n);
	(void)unlink(path);
	assert_int_equal(rc, n == NULL ? -EINVAL : 0);
	return n;
}

static void expect_json(const struct networks *n, const char *export, const char *expected)
{
	char *text = networks_json(n, export);

	assert_string_equal(text, expected);
	free(text);
}

static void test_members(void **state)
{
	char one[] = "One", two[] = "Two \"&\" <b>", day[] = "2026-03-14", url[] = "https://www.example.net/";
	char p4[] = "192.0.2.0/25", p6[] = "2001:db8::/32", a10[] = "203.0.113.10", a9[] = "203.0.113.9",
	     a6[] = "2001:db8:f::1";
	char *prefixes[] = {p4, p6}, *peering[] = {a6, a10, a9, a10};
	struct pop_member members[] = {
		{.asn = 64501, .name = two},
		{.asn = 64500,
	         .name = one,
	         .prefixes = prefixes,
	         .n_prefixes = 2,
	         .peering = peering,
	         .n_peering = 4,
	         .url = url,
	         .since = day,
	         .port_mbps = 10000},
	};
	struct networks *n;
	(void)state;

	assert_int_equal(networks_new(&(struct pop){.members = members, .n_members = 2}, &n), 0);
	expect_json(n, NULL,
	            "{\"networks\":[{\"asn\":64500,\"name\":\"One\",\"url\":\"https://www.example.net/\","
	            "\"since\":\"2026-03-14\",\"ipv4\":[\"203.0.113.9\",\"203.0.113.10\"],\"ipv6\":[\"2001:db8:f::1\"],"
	            "\"speed_mbps\":10000,\"prefixes\":{\"ipv4\":1,\"ipv6\":1},\"services\":[]},"
	            "{\"asn\":64501,\"name\":\"Two \\\"&\\\" <b>\",\"url\":null,\"since\":null,\"ipv4\":[],\"ipv6\":[],"
	            "\"speed_mbps\":null,\"prefixes\":{\"ipv4\":null,\"ipv6\":null},\"services\":[]}],"
	            "\"export\":null}");
	networks_free(n);
}

static void test_export(void **state)
{
	struct networks *n = read_export(
	    "{\"member_list\":[{\"asnum\":64497,\"name\":\"B\\u0007ell\",\"url\":\"javascript:alert(1)\","
	    "\"member_since\":\"yesterday\",\"contact_email\":[\"noc@example.net\",\"not mail\\r\\nBcc: x\"]},"
	    "{\"asnum\":64496,\"name\":\"A\",\"member_since\":\"2016-01-02T00:00:00Z\",\"connection_list\":["
	    "{\"if_list\":[{\"if_speed\":1000}],\"vlan_list\":["
	    "{\"ipv4\":{\"address\":\"203.0.113.1\",\"routeserver\":true}}]}]},"
	    "{\"asnum\":23456,\"name\":\"reserved\",\"connection_list\":["
	    "{\"vlan_list\":[{\"ipv4\":{\"address\":\"203.0.113.9\"}}]}]},"
	    "{\"asnum\":64496,\"name\":\"A again\",\"contact_email\":[\"noc@example.com\"],\"connection_list\":["
	    "{\"if_list\":[{\"if_speed\":100}],\"vlan_list\":["
	    "{\"ipv4\":{\"address\":\"203.0.113.1\",\"max_prefix\":5}},"
	    "{\"ipv6\":{\"address\":\"2001:db8::1\"}}]}]}]}");
	(void)state;

	assert_non_null(n);
	expect_json(n, "/networks/ixf.json",
	            "{\"networks\":[{\"asn\":64496,\"name\":\"A\",\"url\":null,\"since\":\"2016-01-02\","
	            "\"ipv4\":[\"203.0.113.1\"],\"ipv6\":[\"2001:db8::1\"],\"speed_mbps\":1100,"
	            "\"prefixes\":{\"ipv4\":5,\"ipv6\":null},\"services\":[\"route_server\"]},"
	            "{\"asn\":64497,\"name\":\"AS64497\",\"url\":null,\"since\":null,\"ipv4\":[],\"ipv6\":[],"
	            "\"speed_mbps\":null,\"prefixes\":{\"ipv4\":null,\"ipv6\":null},\"services\":[]}],"
	            "\"export\":\"/networks/ixf.json\"}");
	assert_int_equal(n->all[0].n_contacts, 1);
	assert_string_equal(n->all[0].contacts[0], "noc@example.com");
	assert_int_equal(n->all[1].n_contacts, 1);
	networks_free(n);
}

static void test_no_export(void **state)
{
	(void)state;
	assert_null(read_export(""));
	assert_null(read_export("{\"member_list\":"));
	assert_null(read_export("{\"members\":[]}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_no_export),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
