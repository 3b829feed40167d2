/* Names of hosted addresses: read, refused, written. */
/* SPDX-License-Identifier: MIT */
#include "rdns/hosted.h"

#include "base/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse(const char *json, char name[HOSTED_NAME_MAX], char error[HOSTED_ERROR_MAX])
{
	yyjson_doc *doc = json_shape_read(json, strlen(json), "body", error);

	assert_non_null(doc);
	int rc = json_shape_check(yyjson_doc_get_root(doc), hosted_fields, "body", error);
	if (rc == 0)
		rc = hosted_parse(yyjson_doc_get_root(doc), name, error);
	yyjson_doc_free(doc);
	return rc;
}

static void test_read_and_written(void **state)
{
	char name[HOSTED_NAME_MAX], error[HOSTED_ERROR_MAX];
	(void)state;

	assert_int_equal(parse("{\"name\":\"Host.Example.NET.\"}", name, error), 0);
	assert_string_equal(name, "host.example.net");
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	char *text = json_take(doc, hosted_json(name, doc));
	assert_string_equal(text, "{\"name\":\"host.example.net\"}");
	free(text);
}

static void test_refused(void **state)
{
	static const char *const wrong[] = {
		"{}",
		"{\"name\":null}",
		"{\"name\":\"\"}",
		"{\"name\":\".\"}", "{\"name\":\"a b\"}", "{\"name\":\"a..b\"}",
		"{\"name\":\"a.example\\u0000.net\"}",
		"{\"name\":\"é.example\"}", "{\"name\":7}", "{\"names\":\"a.example\"}"};
	char name[HOSTED_NAME_MAX], error[HOSTED_ERROR_MAX], json[512], label[64] = {0};
	(void)state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(parse(wrong[i], name, error), -EINVAL);
		assert_ptr_equal(strstr(error, "name"), error);
	}
	memset(label, 'a', 63);
	(void)snprintf(json, sizeof(json), "{\"name\":\"%s.%s.%s.%.61s\"}", label, label, label, label);
	assert_int_equal(parse(json, name, error), 0); /* 253 */
	(void)snprintf(json, sizeof(json), "{\"name\":\"%s.%s.%s.%.62s\"}", label, label, label, label);
	assert_int_equal(parse(json, name, error), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_and_written),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
