/*
 * One HTTP connection.
 *
 * Happy path: (HANDSHAKE ->) IDLE -first byte-> HEAD -head complete-> BODY -last byte-> HANDLING
 * -http_reply()-> REPLYING -last byte taken-> IDLE. Every event ends in
 * http_conn_step(), which goes on until it has to wait for the client, the handler or its turn.
 * After http_upgrade(), REPLYING ends in HANDED_OVER: then the new owner has every event.
 *
 * Failures: what can be said to the client is a reply with a status, after which
 * the connection LINGERs until the client has read it; a client that has gone,
 * or that falls silent, is closed on. Whatever happens, on_done is called once.
 */
/* SPDX-License-Identifier: MIT */
#include "net/http_conn.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/http_transport.h"

#include <assert.h>
#include <stdlib.h>

#define BIT(n) (1u << (n))

enum {
	EVENT_BUDGET_BYTES = 1024 * 1024, /* moved for one connection before others get their turn */
	FIRST_REQUEST_MS = 500,           /* for the request of a client that we accepted before we stop */
};

static const unsigned state_next[CONN_STATES] = {
	[CONN_HANDSHAKE] = BIT(CONN_IDLE) | BIT(CONN_HANDED_OVER) | BIT(CONN_CLOSED),
	[CONN_IDLE] = BIT(CONN_HEAD) | BIT(CONN_CLOSED),
	[CONN_HEAD] = BIT(CONN_BODY) | BIT(CONN_HANDLING) | BIT(CONN_REPLYING) | BIT(CONN_CLOSED),
	[CONN_BODY] = BIT(CONN_HANDLING) | BIT(CONN_REPLYING) | BIT(CONN_CLOSED),
	[CONN_HANDLING] = BIT(CONN_REPLYING) | BIT(CONN_CLOSED),
	[CONN_REPLYING] = BIT(CONN_IDLE) | BIT(CONN_LINGERING) | BIT(CONN_HANDED_OVER) | BIT(CONN_CLOSED),
	[CONN_LINGERING] = BIT(CONN_CLOSED),
	[CONN_HANDED_OVER] = 0, /* final: closing is the owner's */
	[CONN_CLOSED] = 0,      /* final */
};

void http_conn_move(struct http_conn *c, enum http_conn_state to)
{
	assert(state_next[c->state] & BIT(to));
	c->state = to; /* the only assignment */
}

static struct http_conn *conn_of(struct conn *conn)
{
	return (struct http_conn *)((char *)conn - offsetof(struct http_conn, conn));
}

void http_conn_close(struct http_conn *c)
{
	if (c->state == CONN_CLOSED)
		return;
	http_conn_move(c, CONN_CLOSED);
	http_exchange_end(c);
	conn_close(&c->conn);
}

void http_conn_refuse(struct http_conn *c, int status)
{
	c->last = true;
	http_reply_status(&c->exchange->request, status);
}

static void on_closed(struct conn *conn)
{
	struct http_conn *c = conn_of(conn);
	struct http_server *s = c->server;

	LIST_REMOVE(c, link);
	s->n_conns--;
	atomic_store_explicit(&s->counters->open, s->n_conns, memory_order_relaxed);
	if (c->owner != NULL)
		c->owner->on_closed(conn);
	free(c);
	http_server_release(s);
}

static void wait_for_event(struct http_conn *c)
{
	static const int wanted[CONN_STATES] = {
		[CONN_HANDSHAKE] = UV_READABLE,
		[CONN_IDLE] = UV_READABLE,
		[CONN_HEAD] = UV_READABLE,
		[CONN_BODY] = UV_READABLE,
		[CONN_HANDLING] = 0,
		[CONN_REPLYING] = UV_WRITABLE,
		[CONN_LINGERING] = UV_READABLE,
	};

	conn_want(&c->conn, wanted[c->state]);
}

void http_conn_step(struct http_conn *c)
{
	bool moved = true;

	c->stepping = true;
	while (moved) {
		switch (c->state) {
		case CONN_HANDSHAKE:
			moved = http_input_handshake(c);
			break;
		case CONN_IDLE:
		case CONN_HEAD:
			moved = c->budget > 0 && http_input_head(c);
			break;
		case CONN_BODY:
			moved = http_input_body(c);
			break;
		case CONN_REPLYING:
			moved = http_output(c);
			break;
		case CONN_LINGERING:
			moved = http_input_linger(c);
			break;
		case CONN_HANDLING:
		case CONN_HANDED_OVER:
		case CONN_CLOSED:
		case CONN_STATES:
			moved = false;
			break;
		}
	}
	c->stepping = false;
	if (c->state == CONN_CLOSED || c->state == CONN_HANDED_OVER)
		return;
	http_input_keep(c);
	wait_for_event(c);
}

void http_conn_hand_over(struct http_conn *c)
{
	http_exchange_end(c);
	http_conn_move(c, CONN_HANDED_OVER);
	http_input_keep(c);
	conn_want(&c->conn, 0);
	conn_deadline(&c->conn, 0);
	c->owner->on_ready(&c->conn, UV_READABLE | UV_WRITABLE);
	if (c->server->closing)
		c->owner->on_stop(&c->conn);
}

static void on_ready(struct conn *conn, int events)
{
	struct http_conn *c = conn_of(conn);

	if (c->state == CONN_HANDED_OVER) {
		c->owner->on_ready(conn, events);
		return;
	}
	c->budget = EVENT_BUDGET_BYTES;
	c->drained = !(events & UV_READABLE);
	http_conn_step(c);
}

static void on_timeout(struct conn *conn)
{
	struct http_conn *c = conn_of(conn);

	if (c->state == CONN_HANDED_OVER) {
		c->owner->on_timeout(conn);
		return;
	}
	if (c->state == CONN_HANDSHAKE)
		http_count(&c->server->counters->tls_failed, 1);
	if (c->state != CONN_IDLE && c->state != CONN_LINGERING)
		http_count(&c->server->counters->timeouts, 1);
	if (c->state == CONN_HEAD || c->state == CONN_BODY)
		http_conn_refuse(c, 408);
	else
		http_conn_close(c);
}

void http_conn_open(struct http_listener *l, int fd, const struct addr *client)
{
	static const struct conn_ops ops = {
		.on_ready = on_ready, .on_timeout = on_timeout, .on_closed = on_closed};

	struct http_server *s = l->server;
	struct http_conn *c = mem_new(sizeof(*c));
	int rc = conn_open(&c->conn, s->loop, fd, &ops);
	if (rc < 0) {
		log_warn("http: %s", uv_strerror(rc));
		free(c);
		return;
	}
	conn_set_segments(&c->conn, s->config->segment_bytes);
	c->server = s;
	c->client = *client;
	LIST_INSERT_HEAD(&s->conns, c, link);
	s->n_conns++;
	s->n_open++;
	atomic_store_explicit(&s->counters->open, s->n_conns, memory_order_relaxed);
	if (l->tls != NULL)
		conn_secure(&c->conn, l->tls, s->tls);
	else
		http_conn_move(c, CONN_IDLE);
	conn_deadline(&c->conn, l->tls != NULL ? s->config->timeouts.handshake : s->config->timeouts.idle);
	wait_for_event(c);
}

void http_conn_finish(struct http_conn *c, bool now)
{
	c->last = true;
	if (c->state == CONN_HANDED_OVER && now)
		conn_close(&c->conn);
	else if (c->state == CONN_HANDED_OVER)
		c->owner->on_stop(&c->conn);
	else if (now || c->state == CONN_LINGERING || (c->state == CONN_IDLE && c->asked))
		http_conn_close(c);
	else if (c->state == CONN_IDLE || c->state == CONN_HANDSHAKE)
		conn_deadline(&c->conn, FIRST_REQUEST_MS);
}
