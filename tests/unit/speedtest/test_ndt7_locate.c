/* SPDX-License-Identifier: MIT */
#include "speedtest/ndt7_locate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <yyjson.h>

static const char file[] =
    "site:\n"
    "  name: lyon\n"
    "  title: Lyon\n"
    "  domain: lyon.example\n"
    "  city: Lyon\n"
    "  country: FR\n"
    "  languages: [fr]\n"
    "  operated_by: {name: IX, contact: noc@example.net}\n"
    "addresses: {ipv4: 192.0.2.1}\n"
    "services:\n"
    "  speedtest: {http_port: 8080, https_port: 8443}\n"
    "neighbours:\n"
    "  - {name: turin, title: T, city: Turin, country: IT, speedtest: \"//turin.example.net:81\"}\n"
    "  - {name: basel, title: B, city: Basel, country: CH, speedtest: \"https://basel.example.net/speed/\"}\n"
    "  - {name: bern, title: B, city: Bern, country: CH, speedtest: \"http://192.0.2.1\"}\n";

static const char expected[] =
    "{\"results\":["
    "{\"machine\":\"lyon\",\"location\":{\"city\":\"Lyon\",\"country\":\"FR\"},\"urls\":{"
    "\"wss:///ndt/v7/download\":\"wss://[2001:db8::1]:8443/ndt/v7/download\","
    "\"wss:///ndt/v7/upload\":\"wss://[2001:db8::1]:8443/ndt/v7/upload\","
    "\"ws:///ndt/v7/download\":\"ws://[2001:db8::1]:8080/ndt/v7/download\","
    "\"ws:///ndt/v7/upload\":\"ws://[2001:db8::1]:8080/ndt/v7/upload\"}},"
    "{\"machine\":\"turin\",\"location\":{\"city\":\"Turin\",\"country\":\"IT\"},\"urls\":{"
    "\"wss:///ndt/v7/download\":\"wss://turin.example.net:81/ndt/v7/download\","
    "\"wss:///ndt/v7/upload\":\"wss://turin.example.net:81/ndt/v7/upload\","
    "\"ws:///ndt/v7/download\":\"ws://turin.example.net:81/ndt/v7/download\","
    "\"ws:///ndt/v7/upload\":\"ws://turin.example.net:81/ndt/v7/upload\"}},"
    "{\"machine\":\"basel\",\"location\":{\"city\":\"Basel\",\"country\":\"CH\"},\"urls\":{"
    "\"wss:///ndt/v7/download\":\"wss://basel.example.net/ndt/v7/download\","
    "\"wss:///ndt/v7/upload\":\"wss://basel.example.net/ndt/v7/upload\"}},"
    "{\"machine\":\"bern\",\"location\":{\"city\":\"Bern\",\"country\":\"CH\"},\"urls\":{"
    "\"ws:///ndt/v7/download\":\"ws://192.0.2.1/ndt/v7/download\","
    "\"ws:///ndt/v7/upload\":\"ws://192.0.2.1/ndt/v7/upload\"}}]}";

static void we_come_first_then_our_neighbours(void **state)
{
	struct pop_error error;
	struct pop *pop;
	(void)state;

	assert_int_equal(pop_parse(file, strlen(file), &pop, &error), 0);
	char *text = ndt7_locate_json(pop, "[2001:db8::1]");
	yyjson_doc *doc = yyjson_read(text, strlen(text), 0);
	char *compact = yyjson_write(doc, 0, NULL);
	assert_string_equal(compact, expected);
	free(compact);
	yyjson_doc_free(doc);
	free(text);
	pop_free(pop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(we_come_first_then_our_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
