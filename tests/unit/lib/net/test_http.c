/*
 * The whole server on a real socket: its loop runs in a thread, the test is a
 * client that blocks, with a limit on every wait.
 */
/* SPDX-License-Identifier: MIT */
#include "http_client.h"

#include <signal.h>

#define LAST "Host: a\r\nConnection: close\r\n"

static void requests_get_their_status(void **state)
{
	static const struct {
		const char *request, *part;
	} cases[] = {
		{"GET /count HTTP/1.1\r\n" LAST "\r\n", "HTTP/1.1 200 OK\r\n"},
		{"GET / HTTP/1.1\r\n" LAST "\r\n", "\r\n\r\n<p>hello"},
		{"GET / HTTP/1.0\r\n\r\n", "\r\nConnection: close\r\n"},
		{"GET /nowhere HTTP/1.1\r\n" LAST "\r\n", "HTTP/1.1 404 Not Found\r\n"},
		{"POST / HTTP/1.1\r\n" LAST "\r\n", "HTTP/1.1 405 Method Not Allowed\r\n"},
		{"DELETE /count HTTP/1.1\r\n" LAST "\r\n", "Allow: GET, HEAD, POST\r\n"},
		{"BREW /count HTTP/1.1\r\n" LAST "\r\n", "HTTP/1.1 400 "},
		{"POST /echo HTTP/1.1\r\n" LAST "Content-Length: 3\r\n\r\nabc", "\r\n\r\nabc"},
		{"POST /echo HTTP/1.1\r\n" LAST "Content-Length: 101\r\n\r\n", "HTTP/1.1 413 "},
		{"POST /count HTTP/1.1\r\n" LAST "Transfer-Encoding: chunked\r\n\r\n"
	         "3\r\nabc\r\n0\r\n\r\n",
	         "\r\n\r\n3"},
		{"POST /echo HTTP/1.1\r\n" LAST "Transfer-Encoding: chunked\r\n\r\n"
	         "c8\r\n0123456789012345678901234567890123456789012345678901234567890123456789"
	         "0123456789012345678901234567890123456789",
	         "HTTP/1.1 413 "},
		{"GET /blob HTTP/1.1\r\n" LAST "Content-Length: 1\r\n\r\nx", "HTTP/1.1 413 "},
		{"POST /refused HTTP/1.1\r\n" LAST "Content-Length: 1000000\r\n\r\n", "HTTP/1.1 503 "},
		{"GET /count HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 408 "},
		{"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", "HTTP/1.1 408 "},
		{"GET /slow HTTP/1.1\r\n" LAST "\r\n", "\r\n\r\nlater"},
		{"GET /tree/of/it HTTP/1.1\r\n" LAST "\r\n", "\r\n\r\n0"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_contains(ask(*state, cases[i].request), cases[i].part);
}

static void a_page_that_is_known_is_not_sent_again(void **state)
{
	char request[160], etag[32];
	const char *answer = ask(*state, "GET / HTTP/1.1\r\n" LAST "\r\n");

	assert_int_equal(sscanf(strstr(answer, "ETag: "), "ETag: %31s", etag), 1);
	(void)snprintf(request, sizeof(request), "GET / HTTP/1.1\r\n" LAST "If-None-Match: %s\r\n\r\n", etag);
	answer = ask(*state, request);
	assert_contains(answer, "HTTP/1.1 304 Not Modified\r\n");
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void head_has_the_length_and_no_body(void **state)
{
	const char *answer = ask(*state, "HEAD /blob HTTP/1.1\r\n" LAST "\r\n");

	assert_contains(answer, "Content-Length: 2500\r\n");
	assert_string_equal(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

static void pipelined_requests_are_answered_in_order(void **state)
{
	const char *answer = ask(*state, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
	                                 "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
	                                 "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	                                 "3\r\ntwo\r\n0\r\n\r\n"
	                                 "POST /echo HTTP/1.1\r\n" LAST "Content-Length: 5\r\n\r\nthree");
	const char *order[] = {"one", "later", "two", "three"};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		answer = strstr(answer, order[i]);
		assert_non_null(answer);
	}
}

static void many_pipelined_requests_are_all_answered(void **state)
{
	enum { N = 300 };
	static const char one[] = "GET /count HTTP/1.1\r\nHost: a\r\n\r\n";
	int fd = dial(*state);
	size_t n_answers = 0;

	for (int i = 0; i < N; i++)
		say(fd, one);
	(void)shutdown(fd, SHUT_WR);
	for (const char *at = hear(fd, SIZE_MAX); (at = strstr(at, "HTTP/1.1 200 OK")) != NULL; at++)
		n_answers++;
	assert_int_equal(n_answers, N);
	(void)close(fd);
}

static void a_blob_repeats_until_its_length(void **state)
{
	const char *answer = ask(*state, "GET /blob HTTP/1.1\r\n" LAST "\r\n");
	const char *body = strstr(answer, "\r\n\r\n") + 4;

	assert_int_equal(strlen(body), 2 * BLOB_BYTES + 500);
	assert_int_equal(((struct fixture *)*state)->sent, 2 * BLOB_BYTES + 500);
	for (size_t i = 0; body[i] != '\0'; i++)
		assert_int_equal(body[i], 'a' + i % BLOB_BYTES % 26);
}

static void a_waiting_client_is_told_to_go_on(void **state)
{
	int fd = dial(*state);
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

	say(fd, "POST /echo HTTP/1.1\r\n" LAST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	assert_string_equal(hear(fd, sizeof(go_on) - 1), go_on);
	say(fd, "ok");
	assert_contains(hear(fd, SIZE_MAX), "\r\n\r\nok");
	(void)close(fd);
}

static void a_large_body_is_counted_to_the_last_byte(void **state)
{
	enum { BODY_BYTES = 8 * 1024 * 1024 };
	struct fixture *f = *state;
	int fd = dial(f);
	char *body = calloc(1, BODY_BYTES);

	say(fd, "POST /count HTTP/1.1\r\n" LAST "Content-Length: 8388608\r\n\r\n");
	for (size_t sent = 0; sent < BODY_BYTES;) {
		ssize_t n = send(fd, body + sent, BODY_BYTES - sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		assert_true(n > 0);
		sent += (size_t)n;
	}
	assert_contains(hear(fd, SIZE_MAX), "\r\n\r\n8388608");
	assert_int_equal(f->counters.body_bytes_in, BODY_BYTES);
	free(body);
	(void)close(fd);
}

static void too_many_connections_are_told_to_wait(void **state)
{
	struct fixture *f = *state;
	int fds[4];

	for (size_t i = 0; i < 4; i++) {
		fds[i] = dial(f);
		say(fds[i], "GET /count HTTP/1.1\r\nHost: a\r\n\r\n");
		(void)hear(fds[i], 1); /* so it is counted */
	}
	assert_contains(ask(f, ""), "HTTP/1.1 503 Service Unavailable\r\nRetry-After: ");
	for (size_t i = 0; i < 4; i++)
		(void)close(fds[i]);
	assert_int_equal(f->counters.refused, 1);
}

static void an_idle_connection_is_closed(void **state)
{
	assert_string_equal(ask(*state, ""), "");
}

static void whoever_leaves_early_is_let_go(void **state)
{
	static const char *const leaving[] = {
		"POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc",
		"POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
		"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /big HTTP/1.1\r\nHost: a\r\n\r\n",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(leaving) / sizeof(leaving[0]); i++) {
		int fd = dial(f);
		say(fd, leaving[i]);
		(void)close(fd);
		assert_becomes(&f->done, i + 1);
	}
	assert_becomes(&f->counters.open, 0);
}

static void a_client_that_does_not_read_is_given_up(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);

	say(fd, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_becomes(&f->done, 1);
	assert_int_equal(f->counters.timeouts, 1);
	(void)close(fd);
}

static void who_came_before_the_end_is_still_served(void **state)
{
	struct fixture *f = *state;
	int known = dial(f), new = dial(f);

	say(known, "GET /count HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_becomes(&f->counters.responses[2], 1);
	assert_becomes(&f->counters.open, 2);
	stop(f);
	assert_contains(hear(known, SIZE_MAX), "HTTP/1.1 200 OK\r\n"); /* closed as it is idle, so we are stopping */
	say(new, "GET /count HTTP/1.1\r\nHost: a\r\n\r\n");
	const char *answer = hear(new, SIZE_MAX);
	assert_contains(answer, "HTTP/1.1 200 OK\r\n");
	assert_contains(answer, "\r\nConnection: close\r\n");
	(void)close(known);
	(void)close(new);
}

static void too_many_requests_are_told_to_wait(void **state)
{
	static const char request[] = "GET /count HTTP/1.1\r\n" LAST "\r\n";
	struct fixture *f = *state;

	assert_contains(ask(f, request), "HTTP/1.1 200 OK\r\n");
	assert_contains(ask(f, request), "HTTP/1.1 200 OK\r\n");
	const char *answer = ask(f, request);
	assert_contains(answer, "HTTP/1.1 429 Too Many Requests\r\n");
	assert_contains(answer, "\r\nRetry-After: 1\r\n");
	assert_int_equal(f->counters.limited, 1);
}

static int setup_limited(void **state)
{
	return start_server(state, (struct limit_rate){.per_second = 1, .burst = 2}, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests_get_their_status),
		TEST(a_page_that_is_known_is_not_sent_again),
		TEST(head_has_the_length_and_no_body),
		TEST(pipelined_requests_are_answered_in_order),
		TEST(many_pipelined_requests_are_all_answered),
		TEST(a_blob_repeats_until_its_length),
		TEST(a_waiting_client_is_told_to_go_on),
		TEST(a_large_body_is_counted_to_the_last_byte),
		TEST(too_many_connections_are_told_to_wait),
		TEST(an_idle_connection_is_closed),
		TEST(whoever_leaves_early_is_let_go),
		TEST(a_client_that_does_not_read_is_given_up),
		TEST(who_came_before_the_end_is_still_served),
		cmocka_unit_test_setup_teardown(too_many_requests_are_told_to_wait, setup_limited, teardown),
	};

	(void)signal(SIGPIPE, SIG_IGN); /* as daemon_start() does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
