/* SPDX-License-Identifier: MIT */
#include "net/http_request.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct http_parser parser;
	struct http_request request;
	char body[64];
	size_t body_len;
};

static int keep_body(void *data, const char *piece, size_t len)
{
	struct fixture *f = data;

	if (f->body_len + len > sizeof(f->body))
		return 413;
	memcpy(f->body + f->body_len, piece, len);
	f->body_len += len;
	return 0;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	http_parser_init(&f->parser, keep_body, f);
	http_parser_start(&f->parser, &f->request);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	http_parser_done(&f->parser);
	free(f);
	return 0;
}

static enum http_parse feed(struct fixture *f, const char *text, size_t *ret_used)
{
	*ret_used = 0;
	return http_parser_feed(&f->parser, text, strlen(text), ret_used);
}

static void a_request_is_taken_apart(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "GET /garbage?ckSize=2&cors=true HTTP/1.1\r\nHost: a\r\nX-Empty:\r\n\r\nGET";
	size_t used;

	assert_int_equal(feed(f, text, &used), HTTP_PARSE_HEAD);
	assert_int_equal(used, sizeof(text) - 1 - 3);
	assert_int_equal(f->request.method, HTTP_METHOD_GET);
	assert_string_equal(f->request.path, "/garbage");
	assert_string_equal(f->request.query, "ckSize=2&cors=true");
	assert_string_equal(http_request_header(&f->request, "host"), "a");
	assert_string_equal(http_request_header(&f->request, "X-EMPTY"), "");
	assert_null(http_request_header(&f->request, "Via"));
	assert_true(f->request.keep_alive);
}

static void a_request_may_come_byte_by_byte(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "POST /empty HTTP/1.1\r\nHost: example.net\r\nContent-Length: 5\r\n\r\n";
	size_t used = 0;

	for (size_t i = 0; i + 2 < sizeof(text); i++) {
		assert_int_equal(http_parser_feed(&f->parser, text + i, 1, &used), HTTP_PARSE_MORE);
		assert_int_equal(used, 1);
	}
	assert_int_equal(http_parser_feed(&f->parser, "\n", 1, &used), HTTP_PARSE_HEAD);
	assert_int_equal(used, 1);
	assert_string_equal(f->request.path, "/empty");
	assert_string_equal(http_request_header(&f->request, "Host"), "example.net");
	assert_int_equal(f->request.content_bytes, 5);
}

static void a_chunked_body_is_fed_on(void **state)
{
	struct fixture *f = *state;
	static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
	static const char body[] = "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-Trailer: t\r\n\r\nNEXT";
	char both[sizeof(head) + sizeof(body)];
	size_t used;

	(void)strcat(strcpy(both, head), body);
	assert_int_equal(feed(f, both, &used), HTTP_PARSE_HEAD);
	assert_int_equal(used, sizeof(head) - 1);
	assert_true(f->request.chunked);
	assert_int_equal(feed(f, body, &used), HTTP_PARSE_END);
	assert_int_equal(used, sizeof(body) - 1 - 4);
	assert_memory_equal(f->body, "abcdefg", 7);
	assert_int_equal(f->body_len, 7);
	assert_null(http_request_header(&f->request, "X-Trailer"));
}

static void requests_follow_one_another(void **state)
{
	struct fixture *f = *state;
	size_t used;

	for (int i = 0; i < 3; i++) {
		f->request = (struct http_request){0};
		http_parser_start(&f->parser, &f->request);
		assert_int_equal(feed(f, "GET /a HTTP/1.1\r\nHost: b\r\n\r\n", &used), HTTP_PARSE_HEAD);
		assert_int_equal(f->request.n_headers, 1);
		assert_string_equal(f->request.path, "/a");
	}
}

static void bad_requests_are_refused(void **state)
{
	static const struct {
		const char *text;
		int status;
	} cases[] = {
		{"\x16\x03\x01\x02", 400},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
		{"GET /\r\nHost: a\r\n\r\n", 505},
		{"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
		{"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
		{"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
		{"GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 400},
		{"GET / HTTP/1.1\nHost: a\n\n", 400},
		{"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n", 400},
		{"GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x10\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
		{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
		{"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	         "Transfer-Encoding: identity\r\n\r\n",
	         400},
		{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
		{"POST / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nContent-Length: 1\r\n\r\n", 417},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f = *state;
		size_t used;
		f->request = (struct http_request){0};
		http_parser_start(&f->parser, &f->request);
		enum http_parse parsed = feed(f, cases[i].text, &used);
		if (parsed != HTTP_PARSE_BAD || f->parser.status != cases[i].status)
			fail_msg("%s: parsed %d, status %d, expected %d", cases[i].text, (int)parsed,
			         f->parser.status, cases[i].status);
	}
}

static void bad_chunks_are_refused(void **state)
{
	static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
	static const char *const bodies[] = {
		"x\r\n",
		"-1\r\n",
		"0x5\r\nhello\r\n",
		"5\r\nhelloXX",
		" 5\r\nhello\r\n",
		"5\nhello\n",
		"fffffffffffffffff\r\n",
		"5 ;a\rb\r\nhello\r\n",
	};

	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		struct fixture *f = *state;
		size_t used;
		f->request = (struct http_request){0};
		http_parser_start(&f->parser, &f->request);
		assert_int_equal(feed(f, head, &used), HTTP_PARSE_HEAD);
		if (feed(f, bodies[i], &used) != HTTP_PARSE_BAD || f->parser.status != 400)
			fail_msg("case %zu: status %d", i, f->parser.status);
	}
}

/* Feed "X: y" lines or a long one, until something is said. */
static int status_of_repeated(struct fixture *f, const char *start, const char *piece, size_t n)
{
	size_t used;
	enum http_parse parsed = feed(f, start, &used);

	for (size_t i = 0; i < n && parsed == HTTP_PARSE_MORE; i++)
		parsed = feed(f, piece, &used);
	return parsed == HTTP_PARSE_BAD ? f->parser.status : 0;
}

static void sizes_are_limited(void **state)
{
	struct fixture *f = *state;
	static const char start[] = "GET / HTTP/1.1\r\nHost: a\r\n";

	assert_int_equal(status_of_repeated(f, "GET /", "aaaaaaaa", HTTP_TARGET_MAX_BYTES / 8 + 1), 414);
	http_parser_start(&f->parser, &f->request);
	f->request.n_headers = 0;
	assert_int_equal(status_of_repeated(f, start, "X: y\r\n", HTTP_HEADERS_MAX), 431);
	http_parser_start(&f->parser, &f->request);
	f->request.n_headers = 0;
	assert_int_equal(status_of_repeated(f, "GET / HTTP/1.1\r\nX: ", "aaaaaaaa", HTTP_HEAD_MAX_BYTES / 8), 431);
}

static void trailers_are_limited(void **state)
{
	struct fixture *f = *state;
	size_t used;

	assert_int_equal(feed(f, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", &used),
	                 HTTP_PARSE_HEAD);
	assert_int_equal(status_of_repeated(f, "0\r\n", "X: yyyyyyyy\r\n", HTTP_HEAD_MAX_BYTES / 8), 431);
}

static void the_body_callback_can_refuse(void **state)
{
	struct fixture *f = *state;
	size_t used;

	assert_int_equal(feed(f, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", &used),
	                 HTTP_PARSE_HEAD);
	assert_int_equal(status_of_repeated(f, "10\r\n0123456789abcdef\r\n",
	                                    "10\r\n0123456789abcdef\r\n", 5),
	                 413);
}

static void an_absolute_target_is_served_by_its_path(void **state)
{
	static const char *const cases[][2] = {
		{"GET http://a.example/x?y=z HTTP/1.1\r\nHost: a\r\n\r\n", "/x"},
		{"GET http://a.example HTTP/1.1\r\nHost: a\r\n\r\n", "/"},
		{"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "*"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f = *state;
		size_t used;
		f->request = (struct http_request){0};
		http_parser_start(&f->parser, &f->request);
		assert_int_equal(feed(f, cases[i][0], &used), HTTP_PARSE_HEAD);
		assert_string_equal(f->request.path, cases[i][1]);
	}
}

static void values_are_decoded(void **state)
{
	static const struct {
		const char *query, *key, *value;
		int rc;
	} cases[] = {
		{"a=1&b=2", "b", "2", 0},
		{"a=1", "b", "", -ENOENT},
		{"ab=1", "a", "", -ENOENT},
		{"a", "a", "", 0},
		{"a=x%20y+z", "a", "x y z", 0},
		{"a=%zz", "a", "", -EINVAL},
		{"a=%2", "a", "", -EINVAL},
		{"a=%00", "a", "", -EINVAL},
		{"a=12345678", "a", "", -EINVAL},
		{"", "a", "", -ENOENT},
	};
	struct http_request path = {.path = "/x/a+b%20c"};
	char rest[8] = "";
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct http_request r = {.query = cases[i].query};
		char value[8] = "";
		assert_int_equal(http_request_query(&r, cases[i].key, value, sizeof(value)), cases[i].rc);
		if (cases[i].rc == 0)
			assert_string_equal(value, cases[i].value);
	}
	assert_int_equal(http_request_path(&path, 3, rest, sizeof(rest)), 0);
	assert_string_equal(rest, "a+b c"); /* in a path, a plus is itself */
}

static void an_upgrade_is_ignored(void **state)
{
	struct fixture *f = *state;
	size_t used;

	assert_int_equal(feed(f, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", &used),
	                 HTTP_PARSE_HEAD);
	assert_true(f->request.keep_alive);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_is_taken_apart),
		TEST(a_request_may_come_byte_by_byte),
		TEST(a_chunked_body_is_fed_on),
		TEST(requests_follow_one_another),
		TEST(bad_requests_are_refused),
		TEST(bad_chunks_are_refused),
		TEST(sizes_are_limited),
		TEST(trailers_are_limited),
		TEST(the_body_callback_can_refuse),
		TEST(an_absolute_target_is_served_by_its_path),
		TEST(values_are_decoded),
		TEST(an_upgrade_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
