/* The view: what the templates are given, also from an IX-F export. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/view.h"

#include "base/log.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char site[] =
    "site:\n"
    "  name: lyon\n"
    "  title: Lyon\n"
    "  domain: %s\n"
    "  city: Lyon\n"
    "  country: FR\n"
    "  languages: [fr]\n"
    "  operated_by: {name: IX, contact: first.last@example.net}\n"
    "addresses: {ipv4: 192.0.2.1, ipv6: \"2001:db8::1\"}\n"
    "services:\n"
    "  speedtest: {}\n"
    "  turn: {}\n"
    "  ntp: {set_clock: false}\n"
    "  resolver: {addresses: {ipv4: 192.0.2.53}}\n"
    "%s";

static void drop(const struct log_record *record)
{
	(void)record;
}

/** Return the view as compact JSON, released with free(); NULL when there is none. */
static char *view(const char *domain, const char *rest)
{
	char *text = NULL, *json = NULL;
	struct pop *p = NULL;
	struct pop_error e;

	assert_true(asprintf(&text, site, domain, rest) > 0);
	if (pop_parse(text, strlen(text), &p, &e) < 0)
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = view_new(d, p, "/run/fontaine");
	pop_free(p);
	if (root != NULL) {
		yyjson_mut_doc_set_root(d, root);
		json = yyjson_mut_write(d, 0, NULL);
	}
	yyjson_mut_doc_free(d);
	free(text);
	return json;
}

static void assert_has(const char *json, const char *part)
{
	if (strstr(json, part) == NULL)
		fail_msg("no %s in %s", part, json);
}

static void test_members(void **state)
{
	(void)state;
	char *json = view("lyon.example.net",
	                  "members:\n"
	                  "  - {asn: 64496, name: One, prefixes: [198.51.100.0/24], peering: [203.0.113.1]}\n");

	assert_has(json, "\"dir\":\"/run/fontaine\"");
	assert_has(json, "\"mailbox\":\"first\\\\.last.example.net\"");
	assert_has(json, "\"is_delegated\":true");
	assert_has(json, "\"pages\":null");
	assert_has(json, "\"turn\":{\"addresses\":[\"192.0.2.1\",\"2001:db8::1\"],\"port\":3478,"
	                 "\"relay_port_first\":49152,\"relay_port_last\":49407}");
	assert_has(json, "\"authoritative\":null");
	assert_has(json, "\"rdns\":null");
	assert_has(json, "\"ntp\":{\"addresses\":[\"192.0.2.1\",\"2001:db8::1\"],\"port\":123,"
	                 "\"set_clock\":false,\"is_alone\":true,\"nts_port\":4460,");
	assert_has(json, "\"keys_are_pushed\":false,\"hardware_timestamps\":false,\"unicast\":[],"
	                 "\"nts_sources\":[],\"sources\":[]}");
	assert_has(json, "\"resolver\":{\"addresses\":[\"192.0.2.53\"],\"port\":53,"
	                 "\"tls_port\":853,\"https_port\":443,");
	assert_has(json, "\"queries_per_second\":1000,\"local_root\":true,\"hints\":\" ipv4hint=192.0.2.53\","
	                 "\"root_servers\":[],\"clients\":[\"192.0.2.1\",\"2001:db8::1\","
	                 "\"192.0.2.53\",\"198.51.100.0/24\",\"203.0.113.1\"]}");
	assert_has(json, "\"names\":[\"speedtest\",\"turn\",\"ntp\",\"dns\",");
	assert_has(json, "{\"name\":\"ntp\",\"type\":\"AAAA\",\"address\":\"2001:db8::1\"},"
	                 "{\"name\":\"dns\",\"type\":\"A\",\"address\":\"192.0.2.53\"},");
	free(json);
}

static void test_names_of_the_ipv6_test(void **state)
{
	(void)state;
	char *json = view("lyon.example.net",
	                  "  ipv6test: {http_port: 90, https_port: 91, dns_port: 54, mtu_ipv6: 2001:db8::12}\n");

	assert_has(json, "{\"name\":\"ipv6test\",\"type\":\"A\",\"address\":\"192.0.2.1\"},"
	                 "{\"name\":\"ipv6test\",\"type\":\"AAAA\",\"address\":\"2001:db8::1\"},");
	assert_has(json, "{\"name\":\"ipv4.ipv6test\",\"type\":\"A\",\"address\":\"192.0.2.1\"},"
	                 "{\"name\":\"ipv6.ipv6test\",\"type\":\"AAAA\",\"address\":\"2001:db8::1\"},"
	                 "{\"name\":\"ds.ipv6test\",\"type\":\"A\",\"address\":\"192.0.2.1\"},"
	                 "{\"name\":\"ds.ipv6test\",\"type\":\"AAAA\",\"address\":\"2001:db8::1\"},");
	assert_has(json, "{\"name\":\"ns4.ipv6test\",\"type\":\"A\",\"address\":\"192.0.2.1\"},"
	                 "{\"name\":\"ns6.ipv6test\",\"type\":\"AAAA\",\"address\":\"2001:db8::1\"},"
	                 "{\"name\":\"mtu1280.ipv6test\",\"type\":\"AAAA\",\"address\":\"2001:db8::12\"}");
	assert_has(json, "\"ipv4.ipv6test\",\"ipv6.ipv6test\",\"ds.ipv6test\",\"mtu1280.ipv6test\","
	                 "\"ds.v6ns.ipv6test\"]");
	assert_has(json, "\"ipv6test\":{\"addresses\":[\"192.0.2.1\",\"2001:db8::1\"],\"zones\":[\"a\",\"aaaa\",");
	assert_has(json, "\"mtu\"],\"stubs\":["
	                 "{\"name\":\"a.t.ipv6test.lyon.example.net\","
	                 "\"servers\":[\"192.0.2.1@54\",\"2001:db8::1@54\"]}");
	assert_has(json, "{\"name\":\"v6ns.ipv6test.lyon.example.net\",\"servers\":[\"2001:db8::1@54\"]}]}");
	assert_has(json, "\"tls\":{\"addresses\":[\"192.0.2.1\",\"2001:db8::1\",\"192.0.2.53\"]}"); /* each once */
	free(json);
}

static void test_reverse_zones(void **state)
{
	(void)state;
	char *json = view("lyon.example.net",
	                  "  pages: {}\n  authoritative: {}\n"
	                  "  rdns: {zones: [10.0.0.0/15, \"2001:db8::/32\"], "
	                  "secondaries: [{name: ns2.example, address: 192.0.2.9, key: k}]}\n");

	assert_has(json, "\"rdns\":{\"zones\":[\"0.10.in-addr.arpa\",\"1.10.in-addr.arpa\","
	                 "\"8.b.d.0.1.0.0.2.ip6.arpa\"],\"secondaries\":["
	                 "{\"number\":1,\"name\":\"ns2.example\",\"address\":\"192.0.2.9\",\"key\":\"k\"}],"
	                 "\"has_secondaries\":true,\"networks\":[\"2001:db8::/32\"]}");
	free(json);
}

static void test_other_servers(void **state)
{
	(void)state;
	char *json = view("lyon.example.net",
	                  "  authoritative:\n    as112: true\n"
	                  "    secondaries: [{name: ns2.example, address: 192.0.2.9, key: k}]\n"
	                  "    primaries:\n      - {address: 192.0.2.8, key: l, catalog: c.example}\n"
	                  "      - {address: 192.0.2.7, key: m, zones: [z.example]}\n");

	assert_has(json, "\"has_secondaries\":true,\"primaries\":["
	                 "{\"number\":1,\"address\":\"192.0.2.8\",\"key\":\"l\","
	                 "\"catalogs\":[\"c.example\"],\"zones\":[]},"
	                 "{\"number\":2,\"address\":\"192.0.2.7\",\"key\":\"m\","
	                 "\"catalogs\":[],\"zones\":[\"z.example\"]}],"
	                 "\"has_keys\":true,\"as112\":{\"hosts\":[\"192.175.48.1\",");
	assert_has(json, "\"empty\":[\"10.in-addr.arpa\",\"168.192.in-addr.arpa\",\"254.169.in-addr.arpa\","
	                 "\"16.172.in-addr.arpa\",");
	assert_has(json, "\"31.172.in-addr.arpa\"]}");
	assert_has(json, "\"knot\":true,\"nsd\":null,\"as112\":true");
	free(json);
}

static void test_mirrors(void **state)
{
	(void)state;
	char *json = view("lyon.example.net",
	                  "  pages: {}\n"
	                  "  mirror: {root: /m, keep_generations: 4, download_mbps: 80, "
	                  "projects: [{name: one, kind: command, command: /c}, "
	                  "{name: two, kind: command, command: /c}]}\n");

	assert_has(json, "\"root\":\"/m\",\"rsync_port\":873,\"rsync_connections\":100,\"downloads_per_prefix\":64,"
	                 "\"bytes_per_second\":10000000,\"before\":[1,2,3],\"elsewhere\":false,"
	                 "\"projects\":[{\"name\":\"one\"},{\"name\":\"two\"}]}");
	free(json);
}

static void test_network(void **state)
{
	(void)state;
	char *json = view("lyon.example.net",
	                  "network:\n  ssh_from: [198.51.100.0/24, \"2001:db8:9::/48\"]\n  interfaces:\n"
	                  "    - {name: b, bond: [e1, e2], mtu: 9000}\n"
	                  "    - {name: v, vlan: 7, parent: b, gateways: [192.0.2.254], "
	                  "addresses: [192.0.2.1/24, 192.0.2.53/24, \"2001:db8::1/64\"]}\n");

	assert_has(json, "\"network\":{\"interfaces\":["
	                 "{\"name\":\"b\",\"kind\":\"bond\",\"is_bond\":true,\"vlan\":null,\"mtu\":9000,"
	                 "\"bond\":[\"e1\",\"e2\"],\"addresses\":null,\"gateways\":null,\"vlans\":[\"v\"]},"
	                 "{\"name\":\"v\",\"kind\":\"vlan\",\"is_bond\":false,\"vlan\":7,\"mtu\":null,\"bond\":null,");
	assert_has(json, "\"gateways\":[\"192.0.2.254\"],\"vlans\":[]}],\"sockets\":["
	                 "{\"family\":4,\"address\":\"192.0.2.1\",\"transport\":\"tcp\",\"port\":8080},");
	assert_has(json, "{\"family\":6,\"address\":\"2001:db8::1\",\"transport\":\"udp\",\"port\":123}");
	assert_has(json, "\"ssh4\":[\"198.51.100.0/24\"],\"ssh6\":[\"2001:db8:9::/48\"]}");
	free(json);
}

static void test_names_set_aside(void **state)
{
	(void)state;
	static const char *const domains[] = {"demo.localhost", "lyon.example", "a.b.test"};

	for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
		char *json = view(domains[i], "");
		assert_has(json, "\"is_delegated\":false");
		free(json);
	}
}

static const char export[] =
    "{\"version\":\"1.0\",\"member_list\":["
    "{\"asnum\":64496,\"connection_list\":[{\"vlan_list\":["
    "{\"vlan_id\":1,\"ipv4\":{\"address\":\"203.0.113.7\"},\"ipv6\":{\"address\":\"2001:db8:ffff::7\"}}]}]},"
    "{\"asnum\":64497,\"connection_list\":[{\"vlan_list\":["
    "{\"ipv4\":{\"address\":\"0.0.0.0/0; allow\"}},{\"ipv6\":null}]}]},"
    "{\"asnum\":64498}]}";

/** Write @text to a new file and return the view of a POP that has it as its export. */
static char *view_of_export(const char *text)
{
	char path[] = "/tmp/ixf.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	char *rest = mem_printf("ixf_export: %s\n", path);
	char *json = view("lyon.example.net", rest);
	free(rest);
	(void)unlink(path);
	return json;
}

static void test_export(void **state)
{
	(void)state;
	char *json = view_of_export(export);

	assert_non_null(json);
	assert_has(json, "\"clients\":[\"192.0.2.1\",\"2001:db8::1\",\"192.0.2.53\","
	                 "\"203.0.113.7/32\",\"2001:db8:ffff::7/128\"]");
	free(json);
}

static void test_bad_exports(void **state)
{
	(void)state;

	log_set_sink(drop);
	assert_null(view_of_export("{\"member_list\":["));
	assert_null(view_of_export("{\"members\":[]}"));
	assert_null(view("lyon.example.net", "ixf_export: /nonexistent/ixf.json\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_names_of_the_ipv6_test),
		cmocka_unit_test(test_reverse_zones),
		cmocka_unit_test(test_other_servers),
		cmocka_unit_test(test_mirrors),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_names_set_aside),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_bad_exports),
	};

	return cmocka_run_group_tests_name("fontaine/view", tests, NULL, NULL);
}
