/* Exchanges with real sockets: an answer, a refusal, and every way of being slow. */
/* SPDX-License-Identifier: MIT */
#include "probe/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const double limit_ms = 1000;
static SSL_CTX *tls;
#include <errno.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/** A server on loopback with one client, whose behaviour is a function. */
struct server {
	int fd;
	struct addr addr;
	pthread_t thread;
};

static void open_server(struct server *s, int type)
{
	socklen_t len = sizeof(s->addr.in6);

	assert_int_equal(addr_parse("::1", 0, &s->addr), 0);
	s->fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	assert_true(s->fd >= 0);
	assert_int_equal(bind(s->fd, &s->addr.sa, len), 0);
	assert_int_equal(getsockname(s->fd, &s->addr.sa, &len), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(s->fd, 1), 0);
}

static void start_server(struct server *s, int type, void *(*serve)(void *server))
{
	open_server(s, type);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop_server(struct server *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	(void)close(s->fd);
}

static struct exchange ask(const struct server *s)
{
	return (struct exchange){
		.to = &s->addr, .question = "hello", .question_len = 5, .limit_ms = (unsigned)limit_ms, .tls = tls};
}

static bool ends_with_dot(const uint8_t *answer, size_t len)
{
	return answer[len - 1] == '.';
}

/** Accept one client and read its question. */
static int accept_question(const struct server *s)
{
	char question[16];
	int fd = accept(s->fd, NULL, NULL);

	if (fd >= 0 && recv(fd, question, sizeof(question), 0) != 5)
		(void)shutdown(fd, SHUT_RDWR);
	return fd;
}

static void *echo_datagram(void *data)
{
	const struct server *s = data;
	struct addr from;
	socklen_t len = sizeof(from);
	char question[16];

	ssize_t n = recvfrom(s->fd, question, sizeof(question), 0, &from.sa, &len);
	(void)sendto(s->fd, question, (size_t)n, 0, &from.sa, len);
	return NULL;
}

static void *answer_in_two_parts(void *data)
{
	int fd = accept_question(data);

	(void)send(fd, "one", 3, MSG_NOSIGNAL);
	(void)usleep(50000);
	(void)send(fd, "two.", 4, MSG_NOSIGNAL);
	(void)recv(fd, (char[1]){0}, 1, 0); /* until the client has enough */
	(void)close(fd);
	return NULL;
}

static void *answer_and_close(void *data)
{
	int fd = accept_question(data);

	(void)send(fd, "bye", 3, MSG_NOSIGNAL);
	(void)close(fd);
	return NULL;
}

static void *drip(void *data)
{
	int fd = accept_question(data);

	while (send(fd, "x", 1, MSG_NOSIGNAL) == 1)
		(void)usleep(100000);
	(void)close(fd);
	return NULL;
}

static void *pour(void *data)
{
	static const char much[65536];
	int fd = accept_question(data);

	while (send(fd, much, sizeof(much), MSG_NOSIGNAL) > 0)
		;
	(void)close(fd);
	return NULL;
}

static void test_udp_answer(void **state)
{
	(void)state;
	struct server s;

	start_server(&s, SOCK_DGRAM, echo_datagram);
	struct exchange x = ask(&s);
	assert_int_equal(exchange_udp(&x), 0);
	assert_int_equal(x.answer_len, 5);
	assert_string_equal((char *)x.answer, "hello");
	assert_true(x.took_ms > 0 && x.took_ms < limit_ms);
	stop_server(&s);
}

static void test_tcp_answer_is_whole(void **state)
{
	(void)state;
	struct server s;

	start_server(&s, SOCK_STREAM, answer_in_two_parts);
	struct exchange x = ask(&s);
	x.is_whole = ends_with_dot;
	assert_int_equal(exchange_tcp(&x), 0);
	assert_string_equal((char *)x.answer, "onetwo.");
	stop_server(&s);
}

static void test_tcp_answer_ends(void **state)
{
	(void)state;
	struct server s;

	start_server(&s, SOCK_STREAM, answer_and_close);
	struct exchange x = ask(&s);
	assert_int_equal(exchange_tcp(&x), 0);
	assert_string_equal((char *)x.answer, "bye");
	stop_server(&s);
}

static void test_long_answer_is_cut(void **state)
{
	(void)state;
	struct server s;

	start_server(&s, SOCK_STREAM, pour);
	struct exchange x = ask(&s);
	assert_int_equal(exchange_tcp(&x), 0);
	assert_int_equal(x.answer_len, ANSWER_MAX_BYTES);
	stop_server(&s);
}

static void test_refused(void **state)
{
	(void)state;
	struct server s;

	open_server(&s, SOCK_STREAM);
	(void)close(s.fd);
	struct exchange x = ask(&s);
	assert_int_equal(exchange_tcp(&x), -ECONNREFUSED);
	assert_int_equal(exchange_tls(&x), -ECONNREFUSED);
	assert_int_equal(exchange_udp(&x), -ECONNREFUSED);
}

static void test_silence_has_a_limit(void **state)
{
	(void)state;
	struct server s;

	open_server(&s, SOCK_DGRAM);
	struct exchange x = ask(&s);
	assert_int_equal(exchange_udp(&x), -ETIMEDOUT);
	assert_true(x.took_ms > 0.9 * limit_ms && x.took_ms < 1.5 * limit_ms);
	(void)close(s.fd);
}

static void test_dripping_has_a_limit(void **state)
{
	(void)state;
	struct server s;

	start_server(&s, SOCK_STREAM, drip);
	struct exchange x = ask(&s);
	assert_int_equal(exchange_tcp(&x), -ETIMEDOUT);
	assert_true(x.took_ms < 1.5 * limit_ms);
	stop_server(&s);
}

static void test_tls_with_a_plain_server(void **state)
{
	(void)state;
	struct server s;

	start_server(&s, SOCK_STREAM, answer_and_close);
	struct exchange x = ask(&s);
	assert_int_equal(exchange_tls(&x), -EPROTO);
	stop_server(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_answer),
		cmocka_unit_test(test_tcp_answer_is_whole),
		cmocka_unit_test(test_tcp_answer_ends),
		cmocka_unit_test(test_long_answer_is_cut),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_silence_has_a_limit),
		cmocka_unit_test(test_dripping_has_a_limit),
		cmocka_unit_test(test_tls_with_a_plain_server),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	tls = SSL_CTX_new(TLS_client_method());
	int failed = cmocka_run_group_tests_name("probe/exchange", tests, NULL, NULL);
	SSL_CTX_free(tls);
	return failed;
}
