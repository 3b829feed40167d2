/* Requests that a proxy of ours passes on by a Unix socket: whose they are, and who is not believed. */
/* SPDX-License-Identifier: MIT */
#include "http_client.h"

#include <signal.h>

/* Send @request by the Unix socket. Return: all that came until the close. */
static const char *pass_on(const struct fixture *f, const char *request)
{
	static const struct timeval limit = {.tv_sec = WAIT_S};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_int_equal(connect(fd, (const struct sockaddr *)&f->unix_addr, f->unix_addr_len), 0);
	say(fd, request);
	const char *answer = hear(fd, SIZE_MAX);
	(void)close(fd);
	return answer;
}

#define FROM(address) \
	"GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: " address "\r\nConnection: close\r\n\r\n"

static void the_proxy_says_who_asks(void **state)
{
	assert_contains(pass_on(*state, FROM("192.0.2.7")), "\r\n\r\n192.0.2.7");
	assert_contains(pass_on(*state, FROM("2001:db8::7")), "\r\n\r\n2001:db8::7");
}

static void each_request_of_a_connection_has_its_own_client(void **state)
{
	static const char two[] =
	    "GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n" FROM("192.0.2.2");
	const char *answer = pass_on(*state, two);

	assert_contains(answer, "\r\n\r\n192.0.2.1HTTP/1.1 200");
	assert_contains(answer, "\r\n\r\n192.0.2.2");
}

static void without_a_client_it_is_refused(void **state)
{
	static const char nameless[] = "GET /client HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

	assert_contains(pass_on(*state, nameless), "HTTP/1.1 400 ");
	assert_contains(pass_on(*state, FROM("")), "HTTP/1.1 400 ");
	assert_contains(pass_on(*state, FROM("192.0.2.7, 192.0.2.8")), "HTTP/1.1 400 ");
	assert_contains(pass_on(*state, FROM("unknown")), "HTTP/1.1 400 ");
}

static void a_body_is_counted_there_too(void **state)
{
	const char *answer = pass_on(*state, "POST /count HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.7\r\n"
	                                     "Content-Length: 11\r\nConnection: close\r\n\r\nhello world");

	assert_contains(answer, "\r\n\r\n11");
}

static void nobody_else_is_believed(void **state)
{
	static const char others[] = "GET /client HTTP/1.1\r\nHost: a\r\nForwarded: for=192.0.2.7\r\n"
				     "X-Real-IP: 192.0.2.7\r\nConnection: close\r\n\r\n";

	assert_contains(ask(*state, FROM("192.0.2.7")), "\r\n\r\n127.0.0.1");
	assert_contains(ask(*state, others), "\r\n\r\n127.0.0.1");
}

static int setup_with_limit(void **state)
{
	return start_server(state, (struct limit_rate){1, 2}, NULL);
}

static void each_client_has_its_own_rate(void **state)
{
	for (int i = 0; i < 2; i++)
		assert_contains(pass_on(*state, FROM("192.0.2.7")), "HTTP/1.1 200 ");
	assert_contains(pass_on(*state, FROM("192.0.2.7")), "HTTP/1.1 429 ");
	assert_contains(pass_on(*state, FROM("192.0.2.8")), "HTTP/1.1 200 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_proxy_says_who_asks),
		TEST(each_request_of_a_connection_has_its_own_client),
		TEST(without_a_client_it_is_refused),
		TEST(a_body_is_counted_there_too),
		TEST(nobody_else_is_believed),
		cmocka_unit_test_setup_teardown(each_client_has_its_own_rate, setup_with_limit, teardown),
	};

	(void)signal(SIGPIPE, SIG_IGN); /* as daemon_start() does */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
