/* SPDX-License-Identifier: MIT */
#include "net/h2_conn.h"
#include "net/http_conn.h"
#include "net/http_route.h"
#include "net/http_transport.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

enum { REQUEST_COST_BYTES = 16 * 1024 }; /* of an event's budget, however small the request */

static void take(struct http_conn *c, size_t len)
{
	c->in += len;
	c->in_len -= len;
}

/* What a receive of up to @wanted bytes gave. Return: bytes; 0 to wait, or when the client has gone. */
static size_t received(struct http_conn *c, ssize_t n, uint64_t wanted)
{
	if (n == -EAGAIN)
		return 0;
	if (n <= 0) {
		http_conn_close(c);
		return 0;
	}
	c->drained = (uint64_t)n < wanted;
	c->budget -= n;
	return (size_t)n;
}

/* Have input. Return: false when there is none for now, or no connection any more. */
static bool fill(struct http_conn *c)
{
	struct http_server *s = c->server;

	if (c->in_len > 0)
		return true;
	if (c->drained || c->budget <= 0)
		return false;

	ssize_t n = conn_recv(&c->conn, s->input, sizeof(s->input));
	c->in = s->input;
	c->in_len = received(c, n, sizeof(s->input));
	return c->in_len > 0;
}

/* Receive up to @wanted bytes and forget them. Return: as received(). */
static size_t discard(struct http_conn *c, uint64_t wanted)
{
	if (c->drained || c->budget <= 0)
		return 0;
	size_t len = wanted < SSIZE_MAX ? (size_t)wanted : SSIZE_MAX;
	return received(c, conn_discard(&c->conn, len), wanted);
}

static void handle(struct http_conn *c)
{
	http_conn_move(c, CONN_HANDLING);
	conn_deadline(&c->conn, 0);
	http_handle(c->server, &c->exchange->request);
}

/* A body by length: the kernel drops what nobody keeps. */
static bool read_counted(struct http_conn *c, struct exchange *x)
{
	size_t n;

	if (c->in_len == 0 && x->request.route->body == HTTP_BODY_COUNT) {
		n = discard(c, x->body_left);
		if (n == 0)
			return false;
	} else {
		if (!fill(c))
			return false;
		n = c->in_len < x->body_left ? c->in_len : (size_t)x->body_left;
		if (x->request.route->body == HTTP_BODY_KEEP)
			(void)buf_add(&x->request.body, c->in, n); /* its limit is the route's, checked */
		take(c, n);
	}
	x->body_left -= n;
	http_received(c->server, &x->request, n);
	conn_deadline(&c->conn, c->server->config->timeouts.body);
	return true;
}

static bool read_chunked(struct http_conn *c, struct exchange *x)
{
	size_t used = 0;

	if (!fill(c))
		return false;
	enum http_parse parsed = http_parser_feed(&x->parser, c->in, c->in_len, &used);
	if (parsed == HTTP_PARSE_BAD) {
		http_conn_refuse(c, x->parser.status);
		return true;
	}
	take(c, used);
	conn_deadline(&c->conn, c->server->config->timeouts.body);
	if (parsed == HTTP_PARSE_END)
		handle(c);
	return true;
}

bool http_input_body(struct http_conn *c)
{
	struct exchange *x = c->exchange;

	if (x->request.chunked)
		return read_chunked(c, x);
	if (x->body_left > 0)
		return read_counted(c, x);
	handle(c);
	return true;
}

static void start_body(struct http_conn *c)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct exchange *x = c->exchange;
	struct http_request *r = &x->request;

	assert(r->route != NULL); /* pages take no body */
	http_conn_move(c, CONN_BODY);
	x->body_left = r->content_bytes;
	buf_init(&r->body, (size_t)r->route->max_body_bytes);
	conn_deadline(&c->conn, c->server->config->timeouts.body);
	if (r->expects_continue && c->in_len == 0)
		(void)conn_send(&c->conn, go_on, sizeof(go_on) - 1, false); /* lost: the client waits, then sends */
	c->last = !r->keep_alive || c->server->closing;
}

static void start_request(struct http_conn *c)
{
	struct http_request *r = &c->exchange->request;
	bool has_body = http_has_body(r);

	c->budget -= REQUEST_COST_BYTES;
	c->last = !r->keep_alive || c->server->closing || has_body; /* has_body: until it is read */
	if (!http_admit(c->server, r))
		return;
	if (has_body)
		start_body(c);
	else
		handle(c);
}

static void count_handshake(const struct http_conn *c, const struct tls_agreed *agreed)
{
	struct http_counters *counters = c->server->counters;

	http_count(agreed->version == TLS1_3_VERSION ? &counters->tls_1_3 : &counters->tls_1_2, 1);
	if (agreed->resumed)
		http_count(&counters->tls_resumed, 1);
	if (agreed->offloaded)
		http_count(&counters->tls_offloaded, 1);
}

/* Who speaks HTTP where TLS is spoken is told so, in words that it understands. */
static void refuse_plain(struct http_conn *c)
{
	static const char told[] = "This port speaks HTTPS: begin the address with https://\n";

	http_conn_move(c, CONN_IDLE);
	http_conn_move(c, CONN_HEAD);
	http_exchange_begin(c);
	c->last = true;
	http_reply(&c->exchange->request,
	           &(struct http_reply){
			   .status = 400, .type = "text/plain", .body = told, .body_bytes = sizeof(told) - 1});
}

static void begin_protocol(struct http_conn *c, bool h2)
{
	if (h2) {
		c->owner = &h2_conn_ops;
		c->conn.data = h2_conn_new(c->server, &c->conn, &c->client);
		http_conn_hand_over(c);
	} else {
		http_conn_move(c, CONN_IDLE);
		conn_deadline(&c->conn, c->server->config->timeouts.idle);
	}
}

bool http_input_handshake(struct http_conn *c)
{
	int rc = conn_handshake(&c->conn);

	if (rc == -EAGAIN)
		return false;
	if (rc < 0)
		http_count(&c->server->counters->tls_failed, 1);
	if (rc == -EPROTONOSUPPORT) {
		refuse_plain(c);
	} else if (rc < 0) {
		http_conn_close(c);
	} else {
		struct tls_agreed agreed = conn_agreed(&c->conn);
		count_handshake(c, &agreed);
		begin_protocol(c, agreed.h2);
	}
	return true;
}

bool http_input_head(struct http_conn *c)
{
	size_t used = 0;

	if (!fill(c))
		return false;
	if (c->state == CONN_IDLE) {
		http_conn_move(c, CONN_HEAD);
		c->asked = true;
		http_exchange_begin(c);
		conn_deadline(&c->conn, c->server->config->timeouts.head);
	}
	struct exchange *x = c->exchange;
	switch (http_parser_feed(&x->parser, c->in, c->in_len, &used)) {
	case HTTP_PARSE_MORE:
		take(c, used);
		break;
	case HTTP_PARSE_HEAD:
		take(c, used);
		start_request(c);
		break;
	case HTTP_PARSE_BAD:
		http_conn_refuse(c, x->parser.status);
		break;
	case HTTP_PARSE_END:
		abort(); /* no body ends before its head */
	}
	return true;
}

void http_input_drop(struct http_conn *c)
{
	take(c, c->in_len);
}

bool http_input_linger(struct http_conn *c)
{
	ssize_t n = conn_discard(&c->conn, SSIZE_MAX);

	if (n != -EAGAIN && n <= 0)
		http_conn_close(c);
	return false;
}

void http_input_keep(struct http_conn *c)
{
	if (c->in_len > 0)
		conn_unread(&c->conn, c->in, c->in_len);
	c->in_len = 0;
}
