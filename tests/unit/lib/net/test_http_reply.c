/* SPDX-License-Identifier: MIT */
#include "net/http_reply.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void dates_are_in_the_fixed_form(void **state)
{
	static const struct {
		int64_t unix_seconds;
		const char *text;
	} cases[] = {
		{784111777, "Sun, 06 Nov 1994 08:49:37 GMT"}, /* RFC 9110's own example */
		{0, "Thu, 01 Jan 1970 00:00:00 GMT"},
		{1709164800, "Thu, 29 Feb 2024 00:00:00 GMT"},
		{4102444799, "Thu, 31 Dec 2099 23:59:59 GMT"},
	};
	char text[HTTP_DATE_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		http_date(cases[i].unix_seconds, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void replies_have_their_lines(void **state)
{
	static const struct http_blob blob = {.size_bytes = 7};
	static const struct {
		struct http_reply reply;
		struct http_reply_context context;
		const char *text;
	} cases[] = {
		{{.status = 200, .type = "text/plain", .body = "hi", .body_bytes = 2},
	         {.date = "D"},
	         "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n"
	         "X-Content-Type-Options: nosniff\r\n\r\nhi"},
		{{.status = 200, .body = "hi", .body_bytes = 2},
	         {.date = "D", .head_only = true, .last = true},
	         "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"},
		{{.status = 200, .headers = "A: b\r\n", .blob = &blob, .blob_bytes = 5000000000},
	         {.date = "D"},
	         "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 5000000000\r\nA: b\r\n\r\n"},
		{{.status = 204}, {.date = "D"}, "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n"},
		{{.status = 304, .body = "x", .body_bytes = 1},
	         {.date = "D"},
	         "HTTP/1.1 304 Not Modified\r\nDate: D\r\n\r\n"},
	};
	struct buf out;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_init(&out, 1000);
		assert_int_equal(http_reply_write(&out, &cases[i].reply, &cases[i].context), 0);
		assert_string_equal(out.data, cases[i].text);
		buf_done(&out);
	}
}

static void a_reply_too_large_is_an_error_at_any_length(void **state)
{
	static const struct http_reply reply = {
		.status = 200,
		.type = "a/b",
		.headers = "A: b\r\n",
		.body = "hello",
		.body_bytes = 5,
	};
	static const struct http_reply_context context = {.date = "D", .last = true};
	struct buf out;
	(void)state;

	buf_init(&out, 1000);
	assert_int_equal(http_reply_write(&out, &reply, &context), 0);
	size_t full = out.len;
	buf_done(&out);
	for (size_t max = 0; max < full; max++) {
		buf_init(&out, max);
		assert_int_equal(http_reply_write(&out, &reply, &context), -ENOBUFS);
		buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_in_the_fixed_form),
		cmocka_unit_test(replies_have_their_lines),
		cmocka_unit_test(a_reply_too_large_is_an_error_at_any_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
