/* What a member wants to have delegated: read, refused with the field at fault, and written the same. */
/* SPDX-License-Identifier: MIT */
#include "rdns/delegated.h"

#include "base/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DIGEST        "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define DS(zone, tag) "{" zone "\"key_tag\":" tag ",\"algorithm\":13,\"digest_type\":2,\"digest\":\"" DIGEST "\"}"
#define NS            "\"nameservers\":[{\"name\":\"ns1.example.net\"}," \
	   "{\"name\":\"NS2.example.net.\",\"addresses\":[]}]"
#define NS_READ "\"nameservers\":[{\"name\":\"ns1.example.net\",\"addresses\":[]}," \
		"{\"name\":\"ns2.example.net\",\"addresses\":[]}]"

#define ZONE "\"zone\":\"2.0.192.in-addr.arpa\","

static int parse(const char *prefix, const char *json, struct delegated **ret, char error[DELEGATED_ERROR_MAX])
{
	char shape_error[JSON_SHAPE_ERROR_MAX];
	struct prefix p;

	assert_int_equal(prefix_parse(prefix, &p), 0);
	yyjson_doc *doc = json_shape_read(json, strlen(json), "body", shape_error);
	assert_non_null(doc);
	assert_int_equal(json_shape_check(yyjson_doc_get_root(doc), delegated_fields, "body", shape_error), 0);
	int rc = delegated_parse(&p, yyjson_doc_get_root(doc), ret, error);
	yyjson_doc_free(doc);
	return rc;
}

/* Written, it is @expected; read again and written, the same. */
static void assert_read_as(const char *prefix, const char *json, const char *expected)
{
	char error[DELEGATED_ERROR_MAX];
	struct delegated *d = NULL;

	assert_int_equal(parse(prefix, json, &d, error), 0);
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	char *text = json_take(doc, delegated_json(d, doc));
	assert_string_equal(text, expected);
	delegated_free(d);
	if (strcmp(json, expected) != 0)
		assert_read_as(prefix, text, expected);
	free(text);
}

static void test_read_and_written(void **state)
{
	(void)state;
	assert_read_as("192.0.2.0/24", "{" NS "}", "{\"form\":null," NS_READ ",\"ds\":[]}");
	assert_read_as("192.0.2.0/24", "{" NS ",\"ds\":[" DS("", "60000") "," DS("", "7") "]}",
	               "{\"form\":null," NS_READ ",\"ds\":[" DS(ZONE, "7") "," DS(ZONE, "60000") "]}");
	assert_read_as("192.0.2.64/26", "{\"form\":\"slash\"," NS "}", "{\"form\":\"slash\"," NS_READ ",\"ds\":[]}");
	assert_read_as("192.0.2.64/26", "{" NS "}", "{\"form\":\"range\"," NS_READ ",\"ds\":[]}");
	assert_read_as("2001:db8::/32", "{\"nameservers\":[{\"name\":\"ns.8.b.d.0.1.0.0.2.ip6.arpa\","
	                                "\"addresses\":[\"2001:DB8:0::1\",\"192.0.2.1\"]}]}",
	               "{\"form\":null,\"nameservers\":[{\"name\":\"ns.8.b.d.0.1.0.0.2.ip6.arpa\","
	               "\"addresses\":[\"2001:db8::1\",\"192.0.2.1\"]}],\"ds\":[]}");
}

static void test_several_zones(void **state)
{
	char error[DELEGATED_ERROR_MAX];
	struct delegated *d = NULL;
	(void)state;

	assert_int_equal(parse("192.0.2.0/23", "{\"nameservers\":[{\"name\":\"ns.3.0.192.in-addr.arpa\","
	                                       "\"addresses\":[\"192.0.3.1\"]}],"
	                                       "\"ds\":[" DS("\"zone\":\"3.0.192.IN-ADDR.arpa.\",", "7") "]}",
	                       &d, error),
	                 0);
	assert_int_equal(d->n_zones, 2);
	assert_string_equal(d->zones[0].zone, "2.0.192.in-addr.arpa");
	assert_int_equal(d->zones[0].servers[0].n_addresses, 0); /* glue of the zone beside it */
	assert_int_equal(ldns_rr_list_rr_count(d->zones[0].ds), 0);
	assert_string_equal(d->zones[1].zone, "3.0.192.in-addr.arpa");
	assert_int_equal(d->zones[1].servers[0].n_addresses, 1);
	assert_int_equal(ldns_rr_list_rr_count(d->zones[1].ds), 1);
	delegated_free(d);
	assert_read_as("192.0.2.0/23",
	               "{\"form\":null,\"nameservers\":[{\"name\":\"ns.3.0.192.in-addr.arpa\","
	               "\"addresses\":[\"192.0.3.1\"]}],"
	               "\"ds\":[" DS("\"zone\":\"3.0.192.in-addr.arpa\",", "7") "]}",
	               "{\"form\":null,\"nameservers\":[{\"name\":\"ns.3.0.192.in-addr.arpa\","
	               "\"addresses\":[\"192.0.3.1\"]}],"
	               "\"ds\":[" DS("\"zone\":\"3.0.192.in-addr.arpa\",", "7") "]}");
}

static void test_refused(void **state)
{
	static const struct {
		const char *prefix, *json, *error;
	} cases[] = {
		{"192.0.2.0/24", "{}", "nameservers: must name at least one server"},
		{"192.0.2.0/24", "{\"nameservers\":[]}", "nameservers: must name at least one server"},
		{"192.0.2.0/24", "{\"nameservers\":[{}]}", "nameservers[0].name: must be the name"},
		{"192.0.2.0/24", "{\"nameservers\":[{\"name\":\"a b\"}]}", "nameservers[0]: this is no name"},
		{"192.0.2.0/24", "{\"nameservers\":[{\"name\":\"a.example=192.0.2.1\"}]}", "nameservers[0].name: must"},
		{"192.0.2.0/24", "{\"nameservers\":[{\"name\":\"a.example\\u0000b\"}]}", "nameservers[0].name: must"},
		{"192.0.2.0/24", "{\"nameservers\":[{\"name\":\"a.example\"},{\"name\":\"A.example.\"}]}",
	         "nameservers[1]: this name server is given twice"},
		{"192.0.2.0/24", "{\"nameservers\":[{\"name\":\"ns.2.0.192.in-addr.arpa\"}]}",
	         "nameservers[0].addresses: must be given, as this server is inside 2.0.192.in-addr.arpa"},
		{"192.0.2.0/24", "{\"nameservers\":[{\"name\":\"a.example\",\"addresses\":[\"192.0.2.1\"]}]}",
	         "nameservers[0].addresses: must be left out, as this server is not inside 2.0.192.in-addr.arpa"},
		{"192.0.2.0/23", "{\"nameservers\":[{\"name\":\"a.example\",\"addresses\":[\"192.0.2.1\"]}]}",
	         "nameservers[0].addresses: must be left out, as this server is not inside any of the zones"},
		{"192.0.2.0/24", "{\"nameservers\":[{\"name\":\"ns.2.0.192.in-addr.arpa\",\"addresses\":[\"x\"]}]}",
	         "nameservers[0].addresses[0]: must be an address"},
		{"192.0.2.0/24", "{\"form\":\"slash\"," NS "}", "form: must be left out"},
		{"2001:db8::/33", "{\"form\":\"dash\"," NS "}", "form: must be left out"},
		{"192.0.2.0/31", "{\"form\":\"dash\"," NS "}", "form: must be another one"}, /* 0-31 is a /27 */
		{"192.0.2.0/23", "{" NS ",\"ds\":[" DS("", "7") "]}", "ds[0].zone: must be"},
		{"192.0.2.0/24", "{" NS ",\"ds\":[" DS("\"zone\":\"3.0.192.in-addr.arpa\",", "7") "]}",
	         "ds[0].zone: must be"},
		{"192.0.2.0/24", "{" NS ",\"ds\":[" DS("", "7.5") "]}", "ds[0]: key_tag, algorithm"},
		{"192.0.2.0/24", "{" NS ",\"ds\":[" DS("", "7") "," DS("", "7") "]}", "ds[1]: is there twice"},
		{"192.0.2.0/24",
	         "{" NS ",\"ds\":[{\"key_tag\":1,\"algorithm\":13,\"digest_type\":2,\"digest\":\"AB CD\"}]}",
	         "ds[0].digest: must be hexadecimal digits"},
		{"192.0.2.0/24",
	         "{" NS ",\"ds\":[{\"key_tag\":1,\"algorithm\":13,\"digest_type\":2,\"digest\":\"ABCD\"}]}",
	         "ds[0]: the digest of the DS record has the wrong length"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char error[DELEGATED_ERROR_MAX] = "";
		struct delegated *d = NULL;
		assert_int_equal(parse(cases[i].prefix, cases[i].json, &d, error), -EINVAL);
		assert_null(d);
		assert_ptr_equal(strstr(error, cases[i].error), error);
	}
}

static void test_largest(void **state)
{
	char error[DELEGATED_ERROR_MAX];
	struct delegated *d = NULL;
	(void)state;

	assert_int_equal(parse("10.0.0.0/9", "{" NS "}", &d, error), 0);
	assert_int_equal(d->n_zones, DELEGATED_ZONES_MAX);
	assert_string_equal(d->zones[127].zone, "127.10.in-addr.arpa");
	delegated_free(d);
	delegated_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_and_written),
		cmocka_unit_test(test_several_zones),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_largest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
