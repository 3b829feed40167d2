/* SPDX-License-Identifier: MIT */
#include "net/h2_head.h"

#include "net/http_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
	struct http_request request;
	struct h2_head head;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	h2_head_init(&f->head, &f->request);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	h2_head_done(&f->head);
	free(f);
	return 0;
}

static bool add(struct fixture *f, const char *name, const char *value)
{
	return h2_head_add(&f->head, name, strlen(name), value, strlen(value));
}

static void begin(struct fixture *f, const char *method, const char *path)
{
	assert_true(add(f, ":method", method));
	assert_true(add(f, ":scheme", "https"));
	assert_true(add(f, ":authority", "pop.example:8445"));
	assert_true(add(f, ":path", path));
}

static void fields_become_a_request(void **state)
{
	struct fixture *f = *state;
	const struct http_request *r = &f->request;

	begin(f, "POST", "/upload?a=1&b=%20");
	assert_true(add(f, "content-length", "12345678901"));
	assert_true(add(f, "user-agent", ""));
	assert_int_equal(h2_head_finish(&f->head, true), 0);
	assert_int_equal(r->method, HTTP_METHOD_POST);
	assert_string_equal(r->path, "/upload");
	assert_string_equal(r->query, "a=1&b=%20");
	assert_string_equal(http_request_header(r, "Host"), "pop.example:8445");
	assert_string_equal(http_request_header(r, "User-Agent"), "");
	assert_int_equal(r->content_bytes, 12345678901);
	assert_false(r->chunked);
	assert_false(r->expects_continue);
}

static void a_body_may_come_without_a_length_or_not_at_all(void **state)
{
	struct fixture *f = *state;

	begin(f, "POST", "/");
	assert_true(add(f, "expect", "100-continue"));
	assert_int_equal(h2_head_finish(&f->head, true), 0);
	assert_true(f->request.chunked);
	assert_true(f->request.expects_continue);

	(void)teardown(state);
	(void)setup(state);
	f = *state;
	begin(f, "QUERY", "/");
	assert_int_equal(h2_head_finish(&f->head, false), 0);
	assert_false(f->request.chunked);
	assert_int_equal(f->request.method, 0); /* to be refused */
}

static void what_is_no_request_of_ours_has_a_status(void **state)
{
	static const struct {
		const char *path, *name, *value;
		int status;
	} cases[] = {
		{"*", "accept", "*/*", 0},
		{"/", "host", "pop.example:8445", 0},
		{"/", "host", "elsewhere.example", 400},
		{"/", "expect", "a miracle", 417},
		{"relative", "accept", "*/*", 400},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)teardown(state);
		(void)setup(state);
		struct fixture *f = *state;
		begin(f, "GET", cases[i].path);
		(void)add(f, cases[i].name, cases[i].value);
		assert_int_equal(h2_head_finish(&f->head, false), cases[i].status);
	}
}

static void a_method_alone_is_no_request(void **state)
{
	struct fixture *f = *state;

	assert_true(add(f, ":method", "CONNECT"));
	assert_true(add(f, ":authority", "pop.example:443"));
	assert_int_equal(h2_head_finish(&f->head, true), 400);
}

static void a_host_must_be_one(void **state)
{
	struct fixture *f = *state;

	assert_true(add(f, ":method", "GET"));
	assert_true(add(f, ":path", "/"));
	assert_true(add(f, "host", "<script>"));
	assert_int_equal(h2_head_finish(&f->head, false), 400);
}

static void a_head_has_limits(void **state)
{
	static char long_text[HTTP_HEAD_MAX_BYTES];
	struct fixture *f = *state;
	size_t n = 0;

	memset(long_text, 'a', sizeof(long_text) - 1);
	begin(f, "GET", "/");
	while (add(f, "x", "y"))
		n++;
	assert_int_equal(n, HTTP_HEADERS_MAX - 1);
	assert_int_equal(h2_head_finish(&f->head, false), 431);

	(void)teardown(state);
	(void)setup(state);
	f = *state;
	begin(f, "GET", "/");
	assert_false(add(f, "x", long_text));
	assert_false(add(f, "x", "nothing more is kept"));
	assert_int_equal(h2_head_finish(&f->head, false), 431);

	(void)teardown(state);
	(void)setup(state);
	f = *state;
	assert_false(add(f, ":path", long_text));
	assert_int_equal(h2_head_finish(&f->head, false), 414);
}

static void a_reply_becomes_fields(void **state)
{
	static const struct http_reply reply = {
		.status = 503,
		.type = "text/plain",
		.headers = "Retry-After: 10\r\nVary:x\r\n",
		.body = "wait\n",
		.body_bytes = 5,
	};
	static const char *const expected[][2] = {
		{":status", "503"},
		{"date", "now: or so"},
		{"content-length", "5"},
		{"content-type", "text/plain"},
		{"x-content-type-options", "nosniff"},
		{"retry-after", "10"},
		{"vary", "x"},
	};
	const size_t n_expected = sizeof(expected) / sizeof(expected[0]);
	nghttp2_nv fields[H2_FIELDS_MAX];
	const char *body;
	struct buf text;
	(void)state;

	buf_init(&text, 1000);
	assert_int_equal(http_reply_write(&text, &reply, &(struct http_reply_context){.date = "now: or so"}), 0);
	assert_int_equal(h2_head_reply(text.data, fields, &body), n_expected);
	for (size_t i = 0; i < n_expected; i++) {
		assert_int_equal(fields[i].namelen, strlen(expected[i][0]));
		assert_memory_equal(fields[i].name, expected[i][0], fields[i].namelen);
		assert_int_equal(fields[i].valuelen, strlen(expected[i][1]));
		assert_memory_equal(fields[i].value, expected[i][1], fields[i].valuelen);
	}
	assert_string_equal(body, "wait\n");
	buf_done(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fields_become_a_request, setup, teardown),
		cmocka_unit_test_setup_teardown(a_body_may_come_without_a_length_or_not_at_all, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_request_of_ours_has_a_status, setup, teardown),
		cmocka_unit_test_setup_teardown(a_method_alone_is_no_request, setup, teardown),
		cmocka_unit_test_setup_teardown(a_host_must_be_one, setup, teardown),
		cmocka_unit_test_setup_teardown(a_head_has_limits, setup, teardown),
		cmocka_unit_test(a_reply_becomes_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
