/* The list of servers for LibreSpeed's clients. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

static const char file[] =
    "site:\n"
    "  name: lyon\n"
    "  title: Fontaine at \"IX\", Lyon\n"
    "  domain: lyon.example\n"
    "  city: Lyon\n"
    "  country: FR\n"
    "  languages: [fr]\n"
    "  operated_by: {name: IX, url: https://ix.example/, contact: noc@example.net}\n"
    "addresses: {ipv4: 192.0.2.1}\n"
    "services: {speedtest: {}}\n"
    "neighbours:\n"
    "  - {name: paris, title: Paris, city: Paris, country: FR, speedtest: //paris.example}\n"
    "  - {name: nice, title: Nice, city: Nice, country: FR, speedtest: \"https://nice.example/\"}\n";

static const char expected[] =
    "[{\"id\":1,\"name\":\"Fontaine at \\\"IX\\\", Lyon\",\"server\":\"http://a.example:8081/\","
    "\"dlURL\":\"garbage\",\"ulURL\":\"empty\",\"pingURL\":\"empty\",\"getIpURL\":\"getIP\","
    "\"sponsorName\":\"IX\",\"sponsorURL\":\"https://ix.example/\"},"
    "{\"id\":2,\"name\":\"Paris\",\"server\":\"//paris.example/\","
    "\"dlURL\":\"garbage\",\"ulURL\":\"empty\",\"pingURL\":\"empty\",\"getIpURL\":\"getIP\"},"
    "{\"id\":3,\"name\":\"Nice\",\"server\":\"https://nice.example/\","
    "\"dlURL\":\"garbage\",\"ulURL\":\"empty\",\"pingURL\":\"empty\",\"getIpURL\":\"getIP\"}]";

static void test_list(void **state)
{
	(void)state;
	struct pop *p = NULL;
	struct pop_error e;

	assert_int_equal(pop_parse(file, strlen(file), &p, &e), 0);
	char *text = servers_json(p, "http://a.example:8081");
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	assert_non_null(doc);
	char *compact = yyjson_write(doc, 0, NULL);
	assert_string_equal(compact, expected);
	free(compact);
	yyjson_doc_free(doc);
	free(text);
	pop_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests_name("speedtest/servers", tests, NULL, NULL);
}
