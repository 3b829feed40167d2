/* Which ports have a link: each form that the field has, and what is none. */
/* SPDX-License-Identifier: MIT */
#include "peers/links.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NOW_S = 1773480413, /* 2026-03-14T09:26:53Z */
       STALE_S = 120 };

struct wanted {
	const char *name;
	uint32_t asn;
	bool is_up;
};

static void expect(const char *text, const struct wanted *wanted, size_t n_wanted)
{
	char error[LINKS_ERROR_MAX];
	struct subject_seen *all;
	size_t n;

	assert_int_equal(links_read(text, strlen(text), NOW_S, STALE_S, &all, &n, error), 0);
	assert_int_equal(n, n_wanted);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(all[i].name, wanted[i].name);
		assert_int_equal(all[i].asn, wanted[i].asn);
		assert_int_equal(all[i].is_up, wanted[i].is_up);
	}
	free(all);
}

static void test_interfaces_of_rfc_8343(void **state)
{
	(void)state;
	expect("{\"ietf-interfaces:interfaces\":{\"interface\":["
	       "{\"name\":\"eth0\",\"description\":\"AS64500 Example\",\"oper-status\":\"up\"},"
	       "{\"name\":\"eth1\",\"description\":\"Cust: as64501\",\"oper-status\":\"lower-layer-down\"},"
	       "{\"name\":\"eth2\",\"oper-status\":\"not-present\"},{\"name\":\"eth3\",\"oper-status\":\"dormant\"}]}}",
	       (const struct wanted[]){{"eth0", 64500, true}, {"eth1", 64501, false}, {"eth2", 0, false}}, 3);
}

static void test_interfaces_of_openconfig(void **state)
{
	(void)state;
	expect("{\"openconfig-interfaces:interfaces\":{\"interface\":[{\"name\":\"Ethernet1/1\",\"state\":"
	       "{\"oper-status\":\"UP\",\"description\":\"BASES AS4200000001x (AS65550)\"}},"
	       "{\"name\":\"Ethernet2/1\",\"state\":{\"oper-status\":\"LOWER_LAYER_DOWN\"}}]}}",
	       (const struct wanted[]){{"Ethernet1/1", 65550, true}, {"Ethernet2/1", 0, false}}, 2);
}

static void test_links_of_iproute2(void **state)
{
	(void)state;
	expect("[{\"ifindex\":2,\"ifname\":\"swp1\",\"operstate\":\"UP\",\"ifalias\":\"AS64500\"},{},"
	       "{\"ifname\":\"swp2\",\"operstate\":\"DOWN\"},{\"ifname\":\"lo\",\"operstate\":\"UNKNOWN\"}]",
	       (const struct wanted[]){{"swp1", 64500, true}, {"swp2", 0, false}}, 2);
}

static void test_ports(void **state)
{
	(void)state;
	expect("{\"status\":\"ok\",\"ports\":[{\"ifName\":\"xe-0/0/1\",\"ifAlias\":\"AS64500\","
	       "\"ifOperStatus\":\"lowerLayerDown\"}]}",
	       (const struct wanted[]){{"xe-0/0/1", 64500, false}}, 1);
	expect("{\"time\":\"2026-03-14T09:25:53Z\",\"ports\":[{\"name\":\"\\u00e9\\n1\",\"state\":\"up\",\"asn\":64501,"
	       "\"description\":\"AS1\"},{\"name\":\"2\",\"state\":\"up\",\"asn\":-1},{\"name\":7,\"state\":\"up\"}]}",
	       (const struct wanted[]){{"\u00e9\\0121", 64501, true}, {"2", 0, true}}, 2);
	expect("{\"ports\":[]}", NULL, 0);
}

static void test_what_says_nothing(void **state)
{
	static const struct {
		const char *text, *error;
	} bad[] = {{"", "not JSON"},
	           {"{\"ports\":[{}", "not JSON: byte"},
	           {"<html>", "not JSON"},
	           {"{}", "no list"},
	           {"7", "no list"},
	           {"{\"ports\":{\"interface\":[]}}", "no list"},
	           {"{\"time\":\"2026-03-14T09:24:52Z\",\"ports\":[]}", "too long ago"},
	           {"{\"time\":\"yesterday\",\"ports\":[]}", "too long ago"}};
	char error[LINKS_ERROR_MAX];
	struct subject_seen *all;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int rc = links_read(bad[i].text, strlen(bad[i].text), NOW_S, STALE_S, &all, &n, error);
		assert_int_equal(rc, -EINVAL);
		assert_non_null(strstr(error, bad[i].error));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interfaces_of_rfc_8343),
		cmocka_unit_test(test_interfaces_of_openconfig),
		cmocka_unit_test(test_links_of_iproute2),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_what_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
