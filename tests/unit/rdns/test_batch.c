/* Imports: what is read of one, and what is said of the delegation that is wrong. */
/* SPDX-License-Identifier: MIT */
#include "rdns/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TO "{\"nameservers\":[{\"name\":\"ns1.example.net\"},{\"name\":\"ns2.example.net\"}]}"

static int parse(const char *json, struct batch **ret, char reterr[BATCH_ERROR_MAX])
{
	yyjson_doc *doc = json_shape_read(json, strlen(json), "body", reterr);

	assert_non_null(doc);
	assert_int_equal(json_shape_check(yyjson_doc_get_root(doc), batch_fields, "body", reterr), 0);
	int rc = batch_parse(yyjson_doc_get_root(doc), ret, reterr);
	yyjson_doc_free(doc);
	return rc;
}

static void test_read(void **state)
{
	char error[BATCH_ERROR_MAX], text[PREFIX_TEXT_MAX];
	struct batch *b;
	(void)state;

	assert_int_equal(parse("{\"delegations\":[{\"prefix\":\"192.0.2.64/26\",\"to\":" TO "},"
	                       "{\"prefix\":\"2001:db8::/46\",\"to\":" TO "}]}",
	                       &b, error),
	                 0);
	assert_int_equal(b->n, 2);
	assert_string_equal(prefix_text(&b->all[0].delegated->prefix, text), "192.0.2.64/26");
	assert_int_equal(b->all[1].delegated->n_zones, 4);
	assert_string_equal(b->all[1].delegated->zones[3].servers[1].name, "ns2.example.net");
	batch_free(b);
	assert_int_equal(parse("{\"delegations\":[]}", &b, error), 0);
	assert_int_equal(b->n, 0);
	batch_free(b);
	batch_free(NULL);
}

static void test_wrong(void **state)
{
	static const struct {
		const char *json, *told;
	} cases[] = {
		{"{}", "delegations: must be there"},
		{"{\"delegations\":null}", "delegations: must be there"},
		{"{\"delegations\":[{\"to\":" TO "}]}", "delegations[0].prefix: must be a prefix such as 192.0.2.0/24"},
		{"{\"delegations\":[{\"prefix\":\"192.0.2.1/24\",\"to\":" TO "}]}",
	         "delegations[0].prefix: must be a prefix such as 192.0.2.0/24"},
		{"{\"delegations\":[{\"prefix\":\"192.0.2.0/25\",\"to\":" TO "},{\"prefix\":\"192.0.2.0/24\"}]}",
	         "delegations[1].to: must have name servers"},
		{"{\"delegations\":[{\"prefix\":\"192.0.2.0/24\",\"to\":{\"nameservers\":[{\"name\":\"-\"}]}}]}",
	         "delegations[0].to.nameservers[0]: this is no name of a name server"},
	};
	char error[BATCH_ERROR_MAX];
	struct batch *b;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse(cases[i].json, &b, error), -EINVAL);
		assert_string_equal(error, cases[i].told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
