/* SPDX-License-Identifier: MIT */
#include "ipv6test/visitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/** What is left of @value, as one header of a request. */
static const char *shown(const char *value, char ret[VISITOR_TEXT_MAX])
{
	static struct http_request r;

	r.n_headers = 1;
	r.headers[0] = (struct http_header){"via", value};
	return visitor_header(&r, "Via", ret);
}

static void a_header_is_shown_as_it_is(void **state)
{
	char text[VISITOR_TEXT_MAX];
	(void)state;

	assert_string_equal(shown("1.1 proxy.example (squid/6.13)", text), "1.1 proxy.example (squid/6.13)");
	assert_string_equal(shown("", text), "");
}

static void nothing_breaks_out_of_a_text(void **state)
{
	char text[VISITOR_TEXT_MAX];
	(void)state;

	assert_string_equal(shown("\",\"ip\":\"", text), "?,?ip?:?");
	assert_string_equal(shown("a\\b</script>\t\x7f\xe9", text), "a?b?/script????");
}

static void a_long_header_is_cut(void **state)
{
	char value[VISITOR_TEXT_MAX * 2], text[VISITOR_TEXT_MAX];
	(void)state;

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(strlen(shown(value, text)), VISITOR_TEXT_MAX - 1);
}

static void no_header_is_no_text(void **state)
{
	struct http_request r = {.n_headers = 0};
	char text[VISITOR_TEXT_MAX];
	(void)state;

	assert_string_equal(visitor_header(&r, "Via", text), "");
}

static void an_address_has_a_family(void **state)
{
	struct addr a;
	(void)state;

	assert_int_equal(addr_parse("192.0.2.1", 0, &a), 0);
	assert_string_equal(visitor_family(&a), "ipv4");
	assert_int_equal(addr_parse("2001:db8::1", 0, &a), 0);
	assert_string_equal(visitor_family(&a), "ipv6");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_is_shown_as_it_is),
		cmocka_unit_test(nothing_breaks_out_of_a_text),
		cmocka_unit_test(a_long_header_is_cut),
		cmocka_unit_test(no_header_is_no_text),
		cmocka_unit_test(an_address_has_a_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
