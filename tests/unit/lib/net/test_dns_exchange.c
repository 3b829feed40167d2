/* Exchanges over real sockets with servers of every manner; all of them at once. */
/* SPDX-License-Identifier: MIT */
#include "net/dns_exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
	LIMIT_MS = 600,
	ASKED_BYTES = 5,
	ANSWERS = 3,
	MAX_BYTES = 100000,
};

enum manner {
	GOOD,
	BYTE_BY_BYTE, /* each in a segment of its own, as far as the loop goes */
	LARGEST,      /* messages of 65535 bytes */
	TOO_MUCH,     /* two of them */
	SILENT,
	STOPS,  /* after the first message */
	CLOSES, /* after the first message */
	CUTS,   /* within the first message */
	ABSENT, /* refuses */
};

struct server {
	enum manner manner;
	uv_tcp_t tcp, client;
	uv_timer_t pace;
	uint8_t in[64];
	size_t in_len;
	uint8_t out[2 * (2 + UINT16_MAX)];
	size_t out_len, out_at;
	uv_write_t write;
	struct addr addr;
};

struct asked {
	struct server server;
	unsigned n_messages, n_ends;
	bool is_content_right, was_sent;
	int rc;
	struct asked *all;
	size_t n_all;
};

static void close_server(struct server *s)
{
	uv_handle_t *handles[] = {(uv_handle_t *)&s->tcp, (uv_handle_t *)&s->client, (uv_handle_t *)&s->pace};

	for (size_t i = 0; i < COUNT(handles); i++)
		if (handles[i]->data != NULL && !uv_is_closing(handles[i]))
			uv_close(handles[i], NULL);
}

static void add_message(struct server *s, size_t len)
{
	s->out[s->out_len] = (uint8_t)(len >> 8);
	s->out[s->out_len + 1] = (uint8_t)len;
	memset(s->out + s->out_len + 2, 'a', len);
	s->out_len += 2 + len;
}

static void on_pace(uv_timer_t *timer)
{
	struct server *s = timer->data;
	uv_buf_t b = uv_buf_init((char *)s->out + s->out_at, 1);

	assert_int_equal(uv_try_write((uv_stream_t *)&s->client, &b, 1), 1);
	if (++s->out_at == s->out_len)
		uv_timer_stop(timer);
}

static void send_answers(struct server *s)
{
	bool is_large = s->manner == LARGEST || s->manner == TOO_MUCH;
	unsigned n = s->manner == SILENT ? 0 : is_large || s->manner == STOPS || s->manner == CLOSES ? 1
	                                                                                             : ANSWERS;

	for (unsigned i = 0; i < n; i++)
		add_message(s, is_large ? UINT16_MAX : i);
	if (s->manner == TOO_MUCH)
		add_message(s, UINT16_MAX);
	if (s->manner == LARGEST) {
		add_message(s, 1);
		add_message(s, 2);
	}
	if (s->manner == CUTS)
		s->out_len = 1;
	uv_buf_t b = uv_buf_init((char *)s->out, (unsigned)s->out_len);
	if (s->manner == BYTE_BY_BYTE)
		assert_int_equal(uv_timer_start(&s->pace, on_pace, 0, 1), 0);
	else if (n > 0)
		assert_int_equal(uv_write(&s->write, (uv_stream_t *)&s->client, &b, 1, NULL), 0);
	if (s->manner == CLOSES || s->manner == CUTS)
		uv_close((uv_handle_t *)&s->client, NULL);
}

static void on_room(uv_handle_t *h, size_t suggested, uv_buf_t *ret)
{
	struct server *s = h->data;
	(void)suggested;

	*ret = uv_buf_init((char *)s->in + s->in_len, (unsigned)(sizeof(s->in) - s->in_len));
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct server *s = stream->data;
	(void)buf;

	if (n < 0) {
		uv_read_stop(stream);
		return;
	}
	s->in_len += (size_t)n;
	if (s->in_len == 2 + ASKED_BYTES) {
		assert_memory_equal(s->in, "\0\5hello", s->in_len);
		send_answers(s);
	}
}

static void on_connection(uv_stream_t *stream, int status)
{
	struct server *s = stream->data;

	assert_int_equal(status, 0);
	assert_int_equal(uv_tcp_init(stream->loop, &s->client), 0);
	s->client.data = s;
	assert_int_equal(uv_accept(stream, (uv_stream_t *)&s->client), 0);
	assert_int_equal(uv_read_start((uv_stream_t *)&s->client, on_room, on_bytes), 0);
}

static void open_server(uv_loop_t *loop, struct server *s, enum manner manner)
{
	int len = sizeof(s->addr);

	s->manner = manner;
	assert_int_equal(addr_parse("127.0.0.1", 0, &s->addr), 0);
	assert_int_equal(uv_tcp_init(loop, &s->tcp), 0);
	assert_int_equal(uv_tcp_bind(&s->tcp, &s->addr.sa, 0), 0);
	assert_int_equal(uv_tcp_getsockname(&s->tcp, &s->addr.sa, &len), 0);
	assert_int_equal(uv_timer_init(loop, &s->pace), 0);
	s->tcp.data = s->pace.data = s;
	if (manner != ABSENT)
		assert_int_equal(uv_listen((uv_stream_t *)&s->tcp, 8, on_connection), 0);
}

static enum dns_more on_message(const uint8_t *bytes, size_t len, void *data)
{
	struct asked *a = data;
	size_t expected = a->server.manner == LARGEST && a->n_messages == 0 ? UINT16_MAX : a->n_messages;

	a->is_content_right = a->is_content_right && len == expected;
	for (size_t i = 0; i < len; i++)
		a->is_content_right = a->is_content_right && bytes[i] == 'a';
	return ++a->n_messages == ANSWERS ? DNS_ENOUGH : DNS_MORE;
}

static void on_end(int rc, bool was_sent, void *data)
{
	struct asked *a = data;
	size_t n_done = 0;

	a->n_ends++;
	a->rc = rc;
	a->was_sent = was_sent;
	for (size_t i = 0; i < a->n_all; i++)
		n_done += a->all[i].n_ends;
	for (size_t i = 0; n_done == a->n_all && i < a->n_all; i++)
		close_server(&a->all[i].server);
}

static struct dns_exchange *start(uv_loop_t *loop, struct asked *a)
{
	const struct dns_exchange_request request = {
		.server = a->server.addr,
		.message = (const uint8_t *)"hello",
		.len = ASKED_BYTES,
		.limit_ms = LIMIT_MS,
		.max_bytes = MAX_BYTES,
		.on_message = on_message,
		.on_end = on_end,
		.data = a,
	};

	a->is_content_right = true;
	return dns_exchange_start(loop, &request);
}

static void test_manners(void **state)
{
	(void)state;
	static const struct {
		enum manner manner;
		int rc;
		unsigned n_messages;
		bool was_sent;
	} cases[] = {
		{GOOD, 0, ANSWERS, true},
		{BYTE_BY_BYTE, 0, ANSWERS, true},
		{LARGEST, 0, ANSWERS, true},
		{TOO_MUCH, -EMSGSIZE, 1, true},
		{SILENT, -ETIMEDOUT, 0, true},
		{STOPS, -ETIMEDOUT, 1, true},
		{CLOSES, -ECONNRESET, 1, true},
		{CUTS, -ECONNRESET, 0, true},
		{ABSENT, -ECONNREFUSED, 0, false},
	};
	static struct asked all[COUNT(cases)];
	uv_loop_t loop;

	assert_int_equal(uv_loop_init(&loop), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		all[i].all = all;
		all[i].n_all = COUNT(cases);
		open_server(&loop, &all[i].server, cases[i].manner);
		(void)start(&loop, &all[i]);
	}
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("case %zu\n", i);
		assert_int_equal(all[i].n_ends, 1);
		assert_int_equal(all[i].rc, cases[i].rc);
		assert_int_equal(all[i].n_messages, cases[i].n_messages);
		assert_int_equal(all[i].was_sent, cases[i].was_sent);
		assert_true(cases[i].manner == TOO_MUCH || all[i].is_content_right);
	}
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* What fails at once is told later all the same, and a cancelled exchange is never told. */
static void test_told_from_the_loop(void **state)
{
	(void)state;
	static struct asked cancelled, unroutable;
	uv_loop_t loop;

	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(addr_parse("127.0.0.1", 9, &cancelled.server.addr), 0);
	dns_exchange_cancel(start(&loop, &cancelled));
	assert_int_equal(addr_parse("255.255.255.255", 53, &unroutable.server.addr), 0);
	(void)start(&loop, &unroutable);
	assert_int_equal(unroutable.n_ends, 0);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(cancelled.n_ends, 0);
	assert_int_equal(unroutable.n_ends, 1);
	assert_true(unroutable.rc < 0 && !unroutable.was_sent);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manners),
		cmocka_unit_test(test_told_from_the_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
