/* A DNS server on real sockets: both transports, and clients that do what they should not. */
/* SPDX-License-Identifier: MIT */
#include "net/dns.h"

#include "base/addr.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	MAX_CONNS = 4,
	IDLE_MS = 1000,
	LATE_MS = 200,
	WAIT_MS = 5000, /* for whatever is to come */
	NOTHING_MS = 100,
};

struct fixture {
	uv_loop_t loop;
	uv_async_t stop;
	pthread_t thread;
	struct dns_config config;
	struct dns_counters counters;
	struct dns_server *server;
	int udp, tcp; /* the server's sockets */
	struct addr udp_addr, tcp_addr;
};

/* Whoever asks gets it back; 's' is not answered, 'l' late, and 'b' at length. */
static void on_query(void *data, const struct dns_request *request, struct dns_response *response)
{
	const struct fixture *f = data;

	assert_ptr_equal(f->config.data, f);
	if (request->len == 0 || request->bytes[0] == 's')
		return;
	response->late = request->bytes[0] == 'l';
	response->len = request->len;
	if (request->bytes[0] == 'b')
		response->len = request->udp ? (size_t)DNS_UDP_RESPONSE_MAX_BYTES : (size_t)DNS_RESPONSE_MAX_BYTES;
	memset(response->bytes, 'b', response->len);
	memcpy(response->bytes, request->bytes, request->len < response->len ? request->len : response->len);
}

static int open_socket(int type, struct addr *ret)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_int_equal(addr_parse("127.0.0.1", 0, ret), 0);
	assert_int_equal(bind(fd, &ret->sa, addr_len(ret)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	addr_from_sockaddr(&ss, ret);
	return fd;
}

static void on_stop(uv_async_t *stop)
{
	struct fixture *f = stop->data;

	dns_server_close(f->server, NULL, NULL);
	uv_close((uv_handle_t *)stop, NULL);
}

static void *run_loop(void *arg)
{
	struct fixture *f = arg;

	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	return NULL;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->config = (struct dns_config){
		.on_query = on_query, .data = f, .max_conns = MAX_CONNS, .idle_ms = IDLE_MS, .late_ms = LATE_MS};
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(uv_async_init(&f->loop, &f->stop, on_stop), 0);
	f->stop.data = f;
	f->udp = open_socket(SOCK_DGRAM, &f->udp_addr);
	f->tcp = open_socket(SOCK_STREAM, &f->tcp_addr);
	f->server = dns_server_new(&f->loop, &f->config, &f->counters);
	assert_int_equal(dns_server_listen(f->server, f->udp, true), 0);
	assert_int_equal(dns_server_listen(f->server, f->tcp, false), 0);
	*state = f;
	return pthread_create(&f->thread, NULL, run_loop, f);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	(void)uv_async_send(&f->stop);
	(void)pthread_join(f->thread, NULL);
	int rc = uv_loop_close(&f->loop); /* UV_EBUSY: leaked handle */
	(void)close(f->udp);
	(void)close(f->tcp);
	free(f);
	return rc;
}

static int client(const struct addr *to, int type)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, &to->sa, addr_len(to)), 0);
	return fd;
}

/* Return: bytes; 0 when the server has closed; -1 when nothing comes within the time. */
static ssize_t receive(int fd, void *buf, size_t len, int wait_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (poll(&p, 1, wait_ms) == 0)
		return -1;
	ssize_t n = recv(fd, buf, len, 0);
	return n < 0 && errno == ECONNRESET ? 0 : n;
}

/* The next answer over TCP without its length. Return: bytes, or as receive(). */
static ssize_t receive_answer(int fd, uint8_t *buf)
{
	size_t want = 2, have = 0;
	uint8_t bytes[2 + DNS_RESPONSE_MAX_BYTES];

	while (have < want) {
		ssize_t n = receive(fd, bytes + have, want - have, WAIT_MS);
		if (n <= 0)
			return n;
		have += (size_t)n;
		if (have == 2)
			want = 2 + ((size_t)bytes[0] << 8 | bytes[1]);
	}
	memcpy(buf, bytes + 2, want - 2);
	return (ssize_t)want - 2;
}

static void ask_tcp(int fd, const char *text)
{
	uint8_t bytes[64] = {0, (uint8_t)strlen(text)};

	memcpy(bytes + 2, text, strlen(text));
	assert_int_equal(send(fd, bytes, 2 + strlen(text), MSG_NOSIGNAL), 2 + strlen(text));
}

static void assert_answers(int fd, const char *text)
{
	uint8_t answer[DNS_RESPONSE_MAX_BYTES];

	assert_int_equal(receive_answer(fd, answer), strlen(text));
	assert_memory_equal(answer, text, strlen(text));
}

static void assert_serves(const struct fixture *f)
{
	int fd = client(&f->tcp_addr, SOCK_STREAM);

	ask_tcp(fd, "are you there?");
	assert_answers(fd, "are you there?");
	(void)close(fd);
}

static void wait_for(_Atomic uint64_t *counter, uint64_t value)
{
	for (int i = 0; i < WAIT_MS && atomic_load(counter) < value; i++)
		(void)usleep(1000);
	assert_int_equal(atomic_load(counter), value);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void datagrams_are_answered_in_batches(void **state)
{
	enum { MANY = 150 };
	struct fixture *f = *state;
	bool seen[MANY] = {false};
	uint8_t buf[64];
	int fd = client(&f->udp_addr, SOCK_DGRAM);

	for (uint8_t i = 0; i < MANY; i++)
		assert_int_equal(send(fd, (uint8_t[]){'x', i}, 2, 0), 2);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(receive(fd, buf, sizeof(buf), WAIT_MS), 2);
		assert_true(buf[1] < MANY && !seen[buf[1]]);
		seen[buf[1]] = true;
	}
	wait_for(&f->counters.udp_queries, MANY);
	(void)close(fd);
}

static void what_is_no_query_gets_nothing(void **state)
{
	struct fixture *f = *state;
	uint8_t buf[DNS_UDP_RESPONSE_MAX_BYTES + 1], big[DNS_QUERY_MAX_BYTES + 1] = "x";
	int fd = client(&f->udp_addr, SOCK_DGRAM);

	assert_int_equal(send(fd, "silence", 7, 0), 7);
	assert_int_equal(send(fd, "", 0, 0), 0);
	assert_int_equal(send(fd, big, sizeof(big), 0), sizeof(big));
	assert_int_equal(receive(fd, buf, sizeof(buf), NOTHING_MS), -1);
	assert_int_equal(send(fd, "b", 1, 0), 1);
	assert_int_equal(receive(fd, buf, sizeof(buf), WAIT_MS), DNS_UDP_RESPONSE_MAX_BYTES);
	(void)close(fd);
}

static void a_late_datagram_lets_others_pass(void **state)
{
	struct fixture *f = *state;
	uint64_t before_ms = now_ms();
	uint8_t buf[8];
	int fd = client(&f->udp_addr, SOCK_DGRAM);

	assert_int_equal(send(fd, "l1", 2, 0), 2);
	assert_int_equal(send(fd, "l2", 2, 0), 2);
	assert_int_equal(send(fd, "x", 1, 0), 1);
	assert_int_equal(receive(fd, buf, sizeof(buf), WAIT_MS), 1);
	assert_int_equal(receive(fd, buf, sizeof(buf), WAIT_MS), 2);
	assert_int_equal(buf[1], '1');
	assert_true(now_ms() - before_ms >= LATE_MS);
	assert_int_equal(receive(fd, buf, sizeof(buf), WAIT_MS), 2);
	assert_int_equal(buf[1], '2');
	(void)close(fd);
}

static void too_many_late_ones_are_lost(void **state)
{
	enum { MORE = 100 };
	struct fixture *f = *state;
	int fd = client(&f->udp_addr, SOCK_DGRAM);
	struct dns_counters *c = &f->counters;

	while (atomic_load(&c->lost) < MORE) /* sent faster than LATE_MS lets them go */
		(void)send(fd, "l", 1, MSG_DONTWAIT);
	assert_serves(f);
	(void)close(fd);
}

static void a_connection_carries_many_queries(void **state)
{
	struct fixture *f = *state;
	int fd = client(&f->tcp_addr, SOCK_STREAM);
	static const char three[] = "\0\3one\0\7silence\0\5three\0\4fo";

	assert_int_equal(send(fd, three, sizeof(three) - 1, 0), sizeof(three) - 1);
	assert_answers(fd, "one");
	assert_answers(fd, "three");
	assert_int_equal(send(fd, "u", 1, 0), 1);
	(void)usleep(20000); /* a query may come in any pieces */
	assert_int_equal(send(fd, "r", 1, 0), 1);
	assert_answers(fd, "four");
	ask_tcp(fd, "late");
	ask_tcp(fd, "next");
	assert_answers(fd, "late");
	assert_answers(fd, "next");
	assert_int_equal(shutdown(fd, SHUT_WR), 0);
	assert_int_equal(receive(fd, (char[8]){0}, 8, WAIT_MS), 0);
	(void)close(fd);
}

static void more_queries_than_one_event_serves(void **state)
{
	enum { MANY = 500 };
	struct fixture *f = *state;
	int fd = client(&f->tcp_addr, SOCK_STREAM);
	uint8_t bytes[3 * MANY];

	for (size_t i = 0; i < MANY; i++)
		memcpy(&bytes[3 * i], "\0\1x", 3);
	assert_int_equal(send(fd, bytes, sizeof(bytes), 0), sizeof(bytes));
	for (size_t i = 0; i < MANY; i++)
		assert_answers(fd, "x");
	(void)close(fd);
}

static void who_never_finishes_is_closed(void **state)
{
	static const char beginning[] = "\0\5abc";
	static const size_t lens[] = {0, 1, 5};
	struct fixture *f = *state;
	uint64_t before_ms = now_ms();
	int fds[3];

	for (size_t i = 0; i < 3; i++) {
		fds[i] = client(&f->tcp_addr, SOCK_STREAM);
		assert_int_equal(send(fds[i], beginning, lens[i], 0), lens[i]);
	}
	assert_serves(f);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(receive(fds[i], (char[8]){0}, 8, WAIT_MS), 0);
		assert_true(now_ms() - before_ms >= IDLE_MS);
		(void)close(fds[i]);
	}
	wait_for(&f->counters.timeouts, 3);
}

/* One byte now and then does not keep a connection open. */
static void dripping_is_no_progress(void **state)
{
	struct fixture *f = *state;
	int fd = client(&f->tcp_addr, SOCK_STREAM);
	uint64_t before_ms = now_ms();

	assert_int_equal(send(fd, "\1", 1, 0), 1); /* of 256 and more */
	while (send(fd, "x", 1, MSG_NOSIGNAL) == 1 && now_ms() - before_ms < WAIT_MS)
		(void)usleep(20000);
	assert_in_range(now_ms() - before_ms, IDLE_MS, WAIT_MS - 1);
	(void)close(fd);
}

static void a_length_beyond_any_query_ends_it(void **state)
{
	struct fixture *f = *state;
	int fd = client(&f->tcp_addr, SOCK_STREAM);

	assert_int_equal(send(fd, "\xff\xffx", 3, 0), 3);
	assert_int_equal(receive(fd, (char[8]){0}, 8, WAIT_MS), 0);
	assert_int_equal(atomic_load(&f->counters.timeouts), 0);
	(void)close(fd);
}

static void who_does_not_read_is_closed(void **state)
{
	struct fixture *f = *state;
	int fd = client(&f->tcp_addr, SOCK_STREAM);

	while (send(fd, "\0\1b", 3, MSG_DONTWAIT | MSG_NOSIGNAL) == 3)
		continue; /* until neither of us takes more */
	assert_serves(f);
	wait_for(&f->counters.timeouts, 1);
	(void)close(fd);
}

static void newer_ones_displace_who_asked_longest_ago(void **state)
{
	struct fixture *f = *state;
	int fds[MAX_CONNS], newest;

	for (int i = 0; i < MAX_CONNS; i++) {
		fds[i] = client(&f->tcp_addr, SOCK_STREAM);
		wait_for(&f->counters.connections, (uint64_t)i + 1);
	}
	ask_tcp(fds[0], "first");
	assert_answers(fds[0], "first");
	newest = client(&f->tcp_addr, SOCK_STREAM);
	assert_int_equal(receive(fds[1], (char[8]){0}, 8, WAIT_MS), 0);
	ask_tcp(fds[0], "again");
	assert_answers(fds[0], "again");
	ask_tcp(newest, "newest");
	assert_answers(newest, "newest");
	assert_int_equal(atomic_load(&f->counters.displaced), 1);
	for (int i = 0; i < MAX_CONNS; i++)
		(void)close(fds[i]);
	(void)close(newest);
}

/* What waits, and who is connected, does not keep the server from its end: teardown checks that. */
static void it_ends_whatever_is_open(void **state)
{
	struct fixture *f = *state;
	int udp = client(&f->udp_addr, SOCK_DGRAM), tcp = client(&f->tcp_addr, SOCK_STREAM);

	assert_int_equal(send(udp, "l", 1, 0), 1);
	ask_tcp(tcp, "l");
	wait_for(&f->counters.udp_queries, 1);
	wait_for(&f->counters.tcp_queries, 1);
	(void)close(udp);
	(void)close(tcp);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(datagrams_are_answered_in_batches),
		TEST(what_is_no_query_gets_nothing),
		TEST(a_late_datagram_lets_others_pass),
		TEST(too_many_late_ones_are_lost),
		TEST(a_connection_carries_many_queries),
		TEST(more_queries_than_one_event_serves),
		TEST(who_never_finishes_is_closed),
		TEST(dripping_is_no_progress),
		TEST(a_length_beyond_any_query_ends_it),
		TEST(who_does_not_read_is_closed),
		TEST(newer_ones_displace_who_asked_longest_ago),
		TEST(it_ends_whatever_is_open),
	};
#undef TEST

	return cmocka_run_group_tests_name("net/dns", tests, NULL, NULL);
}
