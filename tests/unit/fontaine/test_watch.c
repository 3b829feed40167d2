/* What an operator's terminal shows of what healthd says. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static void check(const char *json, const char *expected)
{
	struct buf b;

	buf_init(&b, 1 << 16);
	watch_add_status(&b, json, strlen(json));
	assert_string_equal(buf_text(&b), expected);
	buf_done(&b);
}

#define SERVICES "SERVICE        STATE    SINCE                 FIGURE\n"

static void test_all_of_it(void **state)
{
	(void)state;
	check("{\"time\": \"2026-01-01T00:00:00Z\", \"ready\": false, \"services\": {"
	      "\"ntp\": {\"up\": true, \"state\": \"up\", \"since\": \"2025-12-31T00:00:00Z\", \"drained\": false,"
	      " \"figure\": {\"name\": \"stratum\", \"value\": 2.0, \"unit\": \"\"}},"
	      "\"turn\": {\"up\": null, \"state\": \"unknown\", \"since\": null, \"drained\": true},"
	      "\"pages\": {\"up\": false, \"state\": \"down\", \"since\": \"2025-12-31T00:00:00Z\","
	      " \"detail\": \"https [2001:db8::1]:8443: it answers without its page,"
	      " and that in a sentence that is long\"}},"
	      "\"addresses\": [{\"address\": \"192.0.2.1\", \"state\": \"leaving\","
	      " \"services\": [\"ntp\", \"turn\"]}]}",
	      "2026-01-01T00:00:00Z   not ready\n\n" SERVICES
	      "ntp            up       2025-12-31T00:00:00Z  stratum 2 \n"
	      "turn           drained  -                     \n"
	      "pages          down     2025-12-31T00:00:00Z  \n"
	      "  https [2001:db8::1]:8443: it answers without its page, and that in a sentence \n"
	      "\nADDRESS                  STATE      SERVICES\n"
	      "192.0.2.1                leaving    ntp turn\n");
}

static void test_what_is_no_status(void **state)
{
	(void)state;
	check("", "-   not ready\n\n" SERVICES);
	check("[1, 2", "-   not ready\n\n" SERVICES);
	check("{\"time\": \"\\u001b[2J\", \"services\": 7}", "\\033[2J   not ready\n\n" SERVICES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_it),
		cmocka_unit_test(test_what_is_no_status),
	};

	return cmocka_run_group_tests_name("fontaine/watch", tests, NULL, NULL);
}
