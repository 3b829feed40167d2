/* Questions over real sockets, to servers of every manner; all of them at once, for silence takes its time. */
/* SPDX-License-Identifier: MIT */
#include "net/dns_client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum manner {
	GOOD,
	SILENT,
	LATE,           /* answers the second time */
	OTHER_ID,       /* somebody guesses */
	OTHER_QUESTION, /* an answer to what was not asked */
	AFTER_GARBAGE,
	MIRROR,        /* our own question comes back */
	WITHOUT_ASKED, /* FORMERR and a bare header */
	EMPTY_GOOD,    /* NOERROR and a bare header: to whatever was asked */
	TRUNCATED,
	TRICKLE,   /* TCP: the length, and nothing more */
	CUT_SHORT, /* TCP: closed in the middle */
	ENORMOUS,  /* TCP: 64 KiB announced */
	REFUSING,  /* no socket at all */
};

struct server {
	enum manner manner;
	uv_udp_t udp;
	uv_tcp_t tcp, client;
	uint8_t in[2048];
	size_t in_len;
	unsigned n_asked;
	struct addr addr;
};

struct asked {
	struct server server;
	unsigned n_answers;
	struct dns_answer answer;
	ldns_pkt_rcode rcode;
	bool has_udp_size;
	struct asked *all;
	size_t n_all;
};

static void close_server(struct server *s)
{
	uv_handle_t *handles[] = {(uv_handle_t *)&s->udp, (uv_handle_t *)&s->tcp, (uv_handle_t *)&s->client};

	for (size_t i = 0; i < COUNT(handles); i++)
		if (handles[i]->data != NULL && !uv_is_closing(handles[i]))
			uv_close(handles[i], NULL);
}

/* What the server says to @in, with room for two bytes of length before it. Return: its length, or 0. */
static size_t reply(struct server *s, const uint8_t *in, size_t len, uint8_t *out, bool is_tcp)
{
	memcpy(out, in, len);
	out[2] |= 0x84; /* an answer, with authority */
	s->n_asked++;
	switch (s->manner) {
	case OTHER_ID:
		out[0] ^= 1;
		return len;
	case OTHER_QUESTION:
		out[13] ^= 1;
		return len;
	case MIRROR:
		out[2] &= 0x7f;
		return len;
	case WITHOUT_ASKED:
	case EMPTY_GOOD:
		memset(out + 4, 0, 8);
		out[3] = s->manner == WITHOUT_ASKED ? LDNS_RCODE_FORMERR : LDNS_RCODE_NOERROR;
		return 12;
	case LATE:
		return s->n_asked > 1 ? len : 0;
	case SILENT:
	case REFUSING:
		return 0;
	case TRUNCATED:
	case TRICKLE:
	case CUT_SHORT:
	case ENORMOUS:
		if (!is_tcp)
			out[2] |= 0x02;
		return len;
	case GOOD:
	case AFTER_GARBAGE:
		return len;
	}
	return 0;
}

static void on_room(uv_handle_t *h, size_t suggested, uv_buf_t *ret)
{
	struct server *s = h->data;
	(void)suggested;

	*ret = uv_buf_init((char *)s->in + s->in_len, (unsigned)(sizeof(s->in) - s->in_len));
}

static void on_datagram(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
	struct server *s = udp->data;
	uint8_t out[2048];
	(void)buf;
	(void)flags;

	if (n <= 0 || from == NULL)
		return;
	uv_buf_t garbage = uv_buf_init((char *)"not DNS at all, only bytes", 26);
	if (s->manner == AFTER_GARBAGE)
		(void)uv_udp_try_send(udp, &garbage, 1, from);
	size_t len = reply(s, s->in, (size_t)n, out, false);
	uv_buf_t b = uv_buf_init((char *)out, (unsigned)len);
	if (len > 0)
		assert_int_equal(uv_udp_try_send(udp, &b, 1, from), len);
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct server *s = stream->data;
	uint8_t out[2048];
	(void)buf;

	if (n < 0 || s->in_len + (size_t)n < 2 + 12) {
		uv_read_stop(stream);
		return;
	}
	s->in_len += (size_t)n;
	size_t len = reply(s, s->in + 2, s->in_len - 2, out + 2, true);
	out[0] = s->manner == ENORMOUS ? 0xff : (uint8_t)(len >> 8);
	out[1] = (uint8_t)len;
	uv_buf_t b = uv_buf_init((char *)out, (unsigned)(len + 2));
	if (s->manner == TRICKLE)
		b.len = 3;
	if (s->manner == CUT_SHORT)
		b.len /= 2;
	if (len > 0)
		assert_int_equal(uv_try_write(stream, &b, 1), b.len);
	if (s->manner == CUT_SHORT)
		uv_close((uv_handle_t *)stream, NULL);
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

/* Both sockets on one port, which nobody else has. */
static void open_server(uv_loop_t *loop, struct server *s, enum manner manner)
{
	int len = sizeof(s->addr);

	s->manner = manner;
	assert_int_equal(addr_parse("127.0.0.1", 0, &s->addr), 0);
	assert_int_equal(uv_tcp_init(loop, &s->tcp), 0);
	assert_int_equal(uv_tcp_bind(&s->tcp, &s->addr.sa, 0), 0);
	assert_int_equal(uv_tcp_getsockname(&s->tcp, &s->addr.sa, &len), 0);
	assert_int_equal(uv_udp_init(loop, &s->udp), 0);
	s->tcp.data = s->udp.data = s;
	if (manner == REFUSING)
		return;
	assert_int_equal(uv_listen((uv_stream_t *)&s->tcp, 8, on_connection), 0);
	assert_int_equal(uv_udp_bind(&s->udp, &s->addr.sa, 0), 0);
	assert_int_equal(uv_udp_recv_start(&s->udp, on_room, on_datagram), 0);
}

static void on_answer(const struct dns_answer *a, void *data)
{
	struct asked *asked = data;
	size_t n_done = 0;

	asked->n_answers++;
	asked->answer = *a;
	if (a->packet != NULL) {
		asked->rcode = ldns_pkt_get_rcode(a->packet);
		asked->has_udp_size = ldns_pkt_edns_udp_size(a->packet) == DNS_UDP_BYTES;
	}
	ldns_pkt_free(a->packet);
	for (size_t i = 0; i < asked->n_all; i++)
		n_done += asked->all[i].n_answers;
	for (size_t i = 0; n_done == asked->n_all && i < asked->n_all; i++)
		close_server(&asked->all[i].server);
}

static void test_manners(void **state)
{
	(void)state;
	static const struct {
		enum manner manner;
		enum dns_way way;
		int rc;
		bool is_tcp;
		unsigned n_asked;
	} cases[] = {
		{GOOD, DNS_UDP_THEN_TCP, 0, false, 1},
		{GOOD, DNS_UDP_ONLY, 0, false, 1},
		{GOOD, DNS_TCP_ONLY, 0, true, 1},
		{SILENT, DNS_UDP_THEN_TCP, -ETIMEDOUT, false, 2},
		{SILENT, DNS_TCP_ONLY, -ETIMEDOUT, true, 1},
		{LATE, DNS_UDP_THEN_TCP, 0, false, 2},
		{OTHER_ID, DNS_UDP_THEN_TCP, -EBADMSG, false, 2},
		{OTHER_ID, DNS_TCP_ONLY, -EBADMSG, true, 1},
		{OTHER_QUESTION, DNS_UDP_THEN_TCP, -EBADMSG, false, 2},
		{AFTER_GARBAGE, DNS_UDP_THEN_TCP, 0, false, 1},
		{MIRROR, DNS_UDP_THEN_TCP, -EBADMSG, false, 2},
		{WITHOUT_ASKED, DNS_UDP_THEN_TCP, 0, false, 1},
		{EMPTY_GOOD, DNS_UDP_THEN_TCP, -EBADMSG, false, 2},
		{TRUNCATED, DNS_UDP_THEN_TCP, 0, true, 2},
		{TRUNCATED, DNS_UDP_ONLY, 0, false, 1},
		{TRICKLE, DNS_UDP_THEN_TCP, -ETIMEDOUT, true, 2},
		{CUT_SHORT, DNS_TCP_ONLY, -ECONNRESET, true, 1},
		{ENORMOUS, DNS_UDP_THEN_TCP, -EMSGSIZE, true, 2},
		{REFUSING, DNS_UDP_THEN_TCP, -ECONNREFUSED, false, 0},
		{REFUSING, DNS_TCP_ONLY, -ECONNREFUSED, true, 0},
	};
	static struct asked all[COUNT(cases)];
	uv_loop_t loop;

	assert_int_equal(uv_loop_init(&loop), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		all[i].all = all;
		all[i].n_all = COUNT(cases);
		open_server(&loop, &all[i].server, cases[i].manner);
		const struct dns_question q = {
			.server = all[i].server.addr,
			.name = "0/25.2.0.192.in-addr.arpa",
			.type = LDNS_RR_TYPE_SOA,
			.way = cases[i].way,
		};
		(void)dns_ask(&loop, &q, on_answer, &all[i]);
	}
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		print_message("case %zu\n", i);
		assert_int_equal(all[i].n_answers, 1);
		assert_int_equal(all[i].answer.rc, cases[i].rc);
		assert_int_equal(all[i].answer.is_tcp, cases[i].is_tcp);
		assert_int_equal(all[i].server.n_asked, cases[i].n_asked);
		assert_int_equal(all[i].rcode, cases[i].manner == WITHOUT_ASKED ? LDNS_RCODE_FORMERR : 0);
		assert_int_equal(all[i].has_udp_size, cases[i].rc == 0 && cases[i].manner != WITHOUT_ASKED);
	}
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* What fails at once is told later all the same, and a cancelled question is never told. */
static void test_told_from_the_loop(void **state)
{
	(void)state;
	struct asked none = {.n_all = 0}, cancelled = {.n_all = 0}, unroutable = {.n_all = 0};
	struct dns_question q = {.name = "two..dots", .type = LDNS_RR_TYPE_SOA};
	uv_loop_t loop;

	assert_int_equal(uv_loop_init(&loop), 0);
	assert_int_equal(addr_parse("127.0.0.1", 9, &q.server), 0);
	(void)dns_ask(&loop, &q, on_answer, &none);
	assert_int_equal(none.n_answers, 0);
	q.name = "example";
	dns_cancel(dns_ask(&loop, &q, on_answer, &cancelled));
	assert_int_equal(addr_parse("255.255.255.255", DNS_PORT, &q.server), 0);
	(void)dns_ask(&loop, &q, on_answer, &unroutable);
	assert_int_equal(unroutable.n_answers, 0);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(none.answer.rc, -EINVAL);
	assert_int_equal(cancelled.n_answers, 0);
	assert_int_equal(unroutable.n_answers, 1);
	assert_true(unroutable.answer.rc < 0);
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
