/*
 * One connection (RFC 7766): queries, each behind its length, in any number; answers in their order.
 *
 * Happy path: bytes come in; every whole query is answered at once, until the client does not
 * read or an answer is to be late. Then nothing more is received until that is over.
 *
 * Failures: the deadline counts from the last whole query, or from the moment when the client
 * stopped to read: a client that never finishes is closed by it, or earlier by newer ones.
 */
/* SPDX-License-Identifier: MIT */
#include "net/dns_server.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	LENGTH_BYTES = 2,
	IN_MAX_BYTES = LENGTH_BYTES + DNS_QUERY_MAX_BYTES,
	OUT_MAX_BYTES = LENGTH_BYTES + DNS_RESPONSE_MAX_BYTES,
	QUERIES_PER_EVENT = 64, /* then others get their turn */
};

static struct dns_conn *conn_of(struct conn *conn)
{
	return (struct dns_conn *)((char *)conn - offsetof(struct dns_conn, conn));
}

void dns_conn_close(struct dns_conn *c)
{
	if (c->closed)
		return;
	c->closed = true;
	TAILQ_REMOVE(&c->server->conns, c, link);
	c->server->n_conns--;
	conn_close(&c->conn);
}

static void on_closed(struct conn *conn)
{
	struct dns_conn *c = conn_of(conn);
	struct dns_server *s = c->server;

	atomic_store_explicit(&s->counters->open, s->n_conns, memory_order_relaxed);
	buf_done(&c->in);
	buf_done(&c->out);
	free(c);
	dns_server_release(s);
}

/* Send what is left of answers. Return: whether all went; else wait, or it is closed. */
static bool flush(struct dns_conn *c)
{
	while (c->out.len > 0) {
		ssize_t n = conn_send(&c->conn, c->out.data, c->out.len, false);
		if (n < 0) {
			if (n != -EAGAIN)
				dns_conn_close(c);
			return false;
		}
		buf_drop(&c->out, (size_t)n);
	}
	return true;
}

/* Whoever asks is the last to make room for others, and has time to ask again. */
static void note_query(struct dns_conn *c)
{
	struct dns_server *s = c->server;

	http_count(&s->counters->tcp_queries, 1);
	TAILQ_REMOVE(&s->conns, c, link);
	TAILQ_INSERT_TAIL(&s->conns, c, link);
	conn_deadline(&c->conn, s->config->idle_ms);
}

static void answer(struct dns_conn *c, const uint8_t *query, size_t len)
{
	uint8_t bytes[OUT_MAX_BYTES];
	struct dns_response r = {.bytes = bytes + LENGTH_BYTES};
	struct dns_server *s = c->server;

	struct dns_request request = {.bytes = query, .len = len, .client = &c->client, .now_ms = uv_now(s->loop)};
	s->config->on_query(s->config->data, &request, &r);
	if (r.len == 0)
		return;
	bytes[0] = (uint8_t)(r.len >> 8);
	bytes[1] = (uint8_t)r.len;
	(void)buf_add(&c->out, bytes, LENGTH_BYTES + r.len); /* it was empty */
	c->waiting = r.late;
}

/* Answer the first query that is here. Return: whether it was whole. */
static bool take_query(struct dns_conn *c)
{
	const uint8_t *in = (const uint8_t *)c->in.data;

	if (c->in.len < LENGTH_BYTES)
		return false;
	size_t len = (size_t)in[0] << 8 | in[1];
	if (len > DNS_QUERY_MAX_BYTES) {
		dns_conn_close(c);
		return false;
	}
	if (c->in.len < LENGTH_BYTES + len)
		return false;
	note_query(c);
	answer(c, in + LENGTH_BYTES, len);
	buf_drop(&c->in, LENGTH_BYTES + len);
	if (c->in.len == 0)
		buf_done(&c->in); /* whoever is idle holds no memory */
	return true;
}

/* Return: whether something came. */
static bool receive(struct dns_conn *c)
{
	char bytes[IN_MAX_BYTES];

	if (c->closed)
		return false;
	ssize_t n = conn_recv(&c->conn, bytes, sizeof(bytes) - c->in.len);
	if (n == -EAGAIN)
		return false;
	if (n <= 0) {
		dns_conn_close(c);
		return false;
	}
	(void)buf_add(&c->in, bytes, (size_t)n);
	return true;
}

static void step(struct dns_conn *c)
{
	unsigned n = 0;

	while (n < QUERIES_PER_EVENT) {
		if (c->waiting) {
			conn_want(&c->conn, 0);
			conn_deadline(&c->conn, c->server->config->late_ms);
			return;
		}
		if (!flush(c)) {
			conn_want(&c->conn, UV_WRITABLE);
			return;
		}
		if (take_query(c))
			n++;
		else if (!receive(c))
			break;
	}
	/* What is here already makes no event; being writable makes one soon. */
	conn_want(&c->conn, UV_READABLE | (n == QUERIES_PER_EVENT ? UV_WRITABLE : 0));
}

static void on_ready(struct conn *conn, int events)
{
	(void)events;
	step(conn_of(conn));
}

static void on_timeout(struct conn *conn)
{
	struct dns_conn *c = conn_of(conn);

	if (!c->waiting) {
		http_count(&c->server->counters->timeouts, 1);
		dns_conn_close(c);
		return;
	}
	c->waiting = false;
	conn_deadline(conn, c->server->config->idle_ms);
	step(c);
}

void dns_conn_open(struct dns_server *s, int fd, const struct addr *client)
{
	static const struct conn_ops ops = {.on_ready = on_ready, .on_timeout = on_timeout, .on_closed = on_closed};

	struct dns_conn *c = mem_new(sizeof(*c));
	int rc = conn_open(&c->conn, s->loop, fd, &ops);
	if (rc < 0) {
		log_warn("dns: %s", uv_strerror(rc));
		free(c);
		return;
	}
	c->server = s;
	c->client = *client;
	buf_init(&c->in, IN_MAX_BYTES);
	buf_init(&c->out, OUT_MAX_BYTES);
	TAILQ_INSERT_TAIL(&s->conns, c, link);
	s->n_conns++;
	s->n_open++;
	atomic_store_explicit(&s->counters->open, s->n_conns, memory_order_relaxed);
	conn_deadline(&c->conn, s->config->idle_ms);
	conn_want(&c->conn, UV_READABLE);
}
