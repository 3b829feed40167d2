/* The POP as JSON: exactly what pages are given. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const char file[] =
    "site:\n"
    "  name: lyon\n"
    "  title: \"</script> \\\"quoted\\\"\"\n"
    "  domain: lyon.example\n"
    "  city: Saint-\xc3\x89tienne\n"
    "  country: FR\n"
    "  languages: [fr]\n"
    "  operated_by: {name: IX, contact: noc@example.net}\n"
    "addresses: {ipv4: 192.0.2.1, ipv6: \"2001:db8::1\"}\n"
    "services:\n"
    "  pages: {}\n"
    "  speedtest: {http_port: 8081, addresses: {ipv6: \"2001:db8::2\"}}\n"
    "  ntp: {set_clock: false}\n"
    "  resolver: {port: 5053, addresses: {ipv4: 192.0.2.53}}\n"
    "  authoritative: {}\n"
    "  rdns: {zones: [192.0.2.0/24]}\n"
    "members:\n"
    "  - {asn: 64496, name: Secret, contacts: [noc@example.com]}\n";

static const char expected[] =
    "{\"site\":{\"name\":\"lyon\",\"title\":\"</script> \\\"quoted\\\"\","
    "\"domain\":\"lyon.example\",\"city\":\"Saint-\xc3\x89tienne\",\"country\":\"FR\","
    "\"languages\":[\"fr\"],\"operated_by\":{\"name\":\"IX\",\"contact\":\"noc@example.net\"},"
    "\"sponsor\":null},"
    "\"endpoints\":{"
    "\"pages\":{\"http\":{\"ipv4\":\"http://192.0.2.1\",\"ipv6\":\"http://[2001:db8::1]\"},"
    "\"https\":{\"ipv4\":\"https://192.0.2.1\",\"ipv6\":\"https://[2001:db8::1]\"},"
    "\"http3\":{\"ipv4\":\"https://192.0.2.1\",\"ipv6\":\"https://[2001:db8::1]\"}},"
    "\"speedtest\":{\"http\":{\"ipv6\":\"http://[2001:db8::2]:8081\"},"
    "\"https\":{\"ipv6\":\"https://[2001:db8::2]:8443\"},\"rpm\":{\"ipv6\":\"https://[2001:db8::2]:8444\"}},"
    "\"ntp\":{\"udp\":{\"ipv4\":\"192.0.2.1:123\",\"ipv6\":\"[2001:db8::1]:123\"},"
    "\"nts\":{\"ipv4\":\"192.0.2.1:4460\",\"ipv6\":\"[2001:db8::1]:4460\"}},"
    "\"resolver\":{\"udp\":{\"ipv4\":\"192.0.2.53:5053\"},\"tcp\":{\"ipv4\":\"192.0.2.53:5053\"},"
    "\"dot\":{\"ipv4\":\"192.0.2.53:853\"},\"doh\":{\"ipv4\":\"https://192.0.2.53/dns-query\"}},"
    "\"authoritative\":{\"udp\":{\"ipv4\":\"192.0.2.1:53\",\"ipv6\":\"[2001:db8::1]:53\"},"
    "\"tcp\":{\"ipv4\":\"192.0.2.1:53\",\"ipv6\":\"[2001:db8::1]:53\"},"
    "\"dot\":{\"ipv4\":\"192.0.2.1:853\",\"ipv6\":\"[2001:db8::1]:853\"},"
    "\"doq\":{\"ipv4\":\"192.0.2.1:853\",\"ipv6\":\"[2001:db8::1]:853\"}},"
    "\"rdns\":{\"udp\":{\"ipv4\":\"192.0.2.1:5359\",\"ipv6\":\"[2001:db8::1]:5359\"},"
    "\"tcp\":{\"ipv4\":\"192.0.2.1:5359\",\"ipv6\":\"[2001:db8::1]:5359\"},"
    "\"https\":{\"ipv4\":\"https://192.0.2.1/rdns/\",\"ipv6\":\"https://[2001:db8::1]/rdns/\"}}},"
    "\"speedtest\":{\"ipv6\":{\"http\":\"http://[2001:db8::2]:8081\",\"https\":\"https://[2001:db8::2]:8443\"},"
    "\"store\":\"agreed\",\"keep_days\":90,\"turn\":false},"
    "\"neighbours\":[],"
    "\"networks\":false,\"states\":false,\"latency\":false,"
    "\"version\":\"" FONTAINE_VERSION "\"}";

static void test_public(void **state)
{
	(void)state;
	struct pop *p = NULL;
	struct pop_error e;
	assert_int_equal(pop_parse(file, strlen(file), &p, &e), 0);

	char *text = pop_public_json(p);
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	assert_non_null(doc);
	char *compact = yyjson_write(doc, 0, NULL);
	assert_string_equal(compact, expected); /* and so nothing of the members */

	free(compact);
	yyjson_doc_free(doc);
	free(text);
	pop_free(p);
}

static void test_families_by_name(void **state)
{
	(void)state;
	static const char before[] = "domain: lyon.example", after[] = "domain: lyon.fr";
	char *text = strdup(file), *json;
	struct pop *p = NULL;
	struct pop_error e;
	char *at = strstr(text, before) + strlen("domain: ");
	memmove(at + 7, at + 12, strlen(at + 12) + 1);
	memcpy(at, after + strlen("domain: "), 7);
	assert_int_equal(pop_parse(text, strlen(text), &p, &e), 0);

	json = pop_public_json(p);
	assert_non_null(strstr(json, "\"http://speedtest-ipv6.lyon.fr:8081\""));
	free(json);
	free(text);
	pop_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_public),
		cmocka_unit_test(test_families_by_name),
	};

	return cmocka_run_group_tests_name("base/pop_json", tests, NULL, NULL);
}
