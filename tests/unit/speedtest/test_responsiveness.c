/* What a client of responsiveness tests is told to measure with. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/responsiveness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

static void expect_url(yyjson_val *urls, const char *key, const char *url)
{
	assert_string_equal(yyjson_get_str(yyjson_obj_get(urls, key)), url);
}

static void both_sets_of_names_say_the_same(void **state)
{
	char *text = responsiveness_json("[2001:db8::1]", 8445);
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	yyjson_val *root = yyjson_doc_get_root(doc), *urls = yyjson_obj_get(root, "urls");
	(void)state;

	assert_int_equal(yyjson_get_uint(yyjson_obj_get(root, "version")), 1);
	expect_url(urls, "small_download_url", "https://[2001:db8::1]:8445/rpm/small");
	expect_url(urls, "large_download_url", "https://[2001:db8::1]:8445/rpm/large");
	expect_url(urls, "upload_url", "https://[2001:db8::1]:8445/rpm/upload");
	expect_url(urls, "small_https_download_url", "https://[2001:db8::1]:8445/rpm/small");
	expect_url(urls, "large_https_download_url", "https://[2001:db8::1]:8445/rpm/large");
	expect_url(urls, "https_upload_url", "https://[2001:db8::1]:8445/rpm/upload");
	yyjson_doc_free(doc);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sets_of_names_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
