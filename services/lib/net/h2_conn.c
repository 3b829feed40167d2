/*
 * Every event is: receive, so that the session makes requests of it; send one write;
 * say what to wait for. Nothing is made ready before the socket takes it, and the
 * socket takes no more than goes out within moments: a short reply passes a long one.
 *
 * Failures: a stream that does not come on is ended alone, by 408 or a reset; a client that
 * takes nothing, or has nothing to ask, is closed on. What the session ends with a GOAWAY
 * lingers, so that the client can read it.
 */
/* SPDX-License-Identifier: MIT */
#include "net/h2_conn.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/h2_pace.h"
#include "net/h2_session.h"
#include "net/http_transport.h"
#include "net/tcp.h"

#include <errno.h>
#include <stdlib.h>

enum {
	EVENT_BUDGET_BYTES = 1024 * 1024, /* received for one connection before others get their turn */
	FIRST_REQUEST_MS = 500,           /* for the request of a client that we accepted before we stop */
};

struct h2_conn {
	struct conn *conn;
	struct http_server *server;
	struct addr client;
	struct h2_session session;
	struct h2_pace pace;
	uint64_t due_ms;   /* the deadline that is set; 0: none */
	uint64_t taken_ms; /* when the socket last took output, or got the first */
	uint64_t idle_ms;  /* since when there has been no stream; 0: there is one */
	bool stepping;     /* what is replied now is sent at the end of the step */
	bool waiting;      /* for the socket to take output */
	bool stopping;
	bool lingering;
	bool closed;
};

static uint64_t now_ms(const struct h2_conn *c)
{
	return uv_now(c->server->loop);
}

static void close_now(struct h2_conn *c)
{
	if (c->closed)
		return;
	c->closed = true;
	if (!c->lingering)
		h2_session_done(&c->session);
	conn_close(c->conn);
}

static void give_up(struct h2_conn *c)
{
	http_count(&c->server->counters->timeouts, 1);
	close_now(c);
}

/* What the client did that ended the connection, if it was that. */
static void count_end(const struct h2_conn *c)
{
	const struct h2_session *s = &c->session;

	http_count(&c->server->counters->floods, s->flooded);
	http_count(&c->server->counters->violations, s->refused && !s->flooded);
}

/* Closing over unread input would reset the connection, and the GOAWAY with it. */
static void linger(struct h2_conn *c)
{
	h2_session_done(&c->session);
	c->lingering = true;
	conn_shutdown(c->conn);
	conn_want(c->conn, UV_READABLE);
	conn_deadline(c->conn, c->server->config->timeouts.linger);
}

/* Have on_timeout called by then, at the latest. */
static void be_called_by(struct h2_conn *c, uint64_t due_ms)
{
	uint64_t now = now_ms(c);

	if (c->due_ms != 0 && c->due_ms <= due_ms)
		return;
	c->due_ms = due_ms;
	conn_deadline(c->conn, due_ms > now ? due_ms - now : 1);
}

/* When the socket must have taken what waits. Who floods us and then does not read gets no patience. */
static uint64_t output_due_ms(const struct h2_conn *c)
{
	const struct http_timeouts *timeouts = &c->server->config->timeouts;

	return c->taken_ms + (c->session.flooded ? timeouts->linger : timeouts->reply);
}

/* When the stream must have come on; 0: it is not its client's turn. */
static uint64_t due_of(const struct h2_stream *x)
{
	const struct h2_conn *c = x->session->data;
	const struct http_timeouts *timeouts = &c->server->config->timeouts;

	switch (x->state) {
	case H2_STREAM_HEAD:
		return x->moved_ms + timeouts->head;
	case H2_STREAM_BODY:
		return x->moved_ms + timeouts->body;
	case H2_STREAM_REPLYING:
		return x->moved_ms + timeouts->reply;
	case H2_STREAM_HANDLING:
	case H2_STREAM_STATES:
		break;
	}
	return 0;
}

static void on_state(struct h2_stream *x)
{
	uint64_t due_ms = due_of(x);

	if (due_ms != 0)
		be_called_by(x->session->data, due_ms);
}

static void on_body(struct h2_stream *x, const char *piece, size_t len)
{
	const struct h2_conn *c = x->session->data;
	int status = http_received_piece(c->server, &x->request, piece, len);

	if (status != 0)
		http_reply_status(&x->request, status);
}

static void on_request(struct h2_stream *x)
{
	const struct h2_conn *c = x->session->data;

	http_handle(c->server, &x->request);
}

static void on_sent(struct h2_stream *x, size_t len)
{
	const struct h2_conn *c = x->session->data;

	http_sent(c->server, &x->request, len);
}

static void on_done(struct h2_stream *x)
{
	const struct h2_conn *c = x->session->data;

	http_ended(c->server, &x->request);
}

static void receive(struct h2_conn *c)
{
	struct http_server *s = c->server;
	ssize_t n = 0;

	for (ssize_t left = EVENT_BUDGET_BYTES; left > 0; left -= n) {
		n = conn_recv(c->conn, s->input, sizeof(s->input));
		if (n == -EAGAIN)
			return;
		if (n <= 0) {
			close_now(c);
			return;
		}
		h2_session_receive(&c->session, s->input, (size_t)n, now_ms(c));
	}
}

/* How much the socket has left, when it asks for more, decides how much it is to hold. */
static void pace(struct h2_conn *c)
{
	struct tcp_stats stats;
	size_t before = c->pace.bytes;
	int fd = conn_socket(c->conn);

	if (tcp_stats_read(fd, &stats) < 0)
		return; /* not every stream is TCP */
	h2_pace_refill(&c->pace, stats.unsent_bytes, stats.delivery_rate_bytes_per_s, now_ms(c));
	if (c->pace.bytes != before)
		(void)tcp_set_unsent_max(fd, c->pace.bytes);
}

/* One write; the socket says when it is time for the next. */
static void transmit(struct h2_conn *c)
{
	struct h2_session *s = &c->session;
	const struct iovec *pieces;

	if (s->out.len == 0 && h2_session_wants_write(s)) {
		if (c->waiting)
			pace(c);
		else
			c->taken_ms = now_ms(c);
		h2_session_fill(s, c->pace.bytes / 2, now_ms(c)); /* the socket is ready when half is free */
	}
	if (s->out.len == 0)
		return;
	size_t n_pieces = h2_out_pieces(&s->out, &pieces);
	ssize_t n = conn_sendv(c->conn, pieces, n_pieces, false);
	if (n > 0) {
		h2_out_sent(&s->out, (size_t)n);
		c->taken_ms = now_ms(c);
	} else if (n < 0 && n != -EAGAIN) {
		close_now(c);
	}
}

/* Say what to wait for. */
static void settle(struct h2_conn *c)
{
	const struct http_timeouts *timeouts = &c->server->config->timeouts;
	const struct h2_session *s = &c->session;

	if (h2_session_is_over(s)) {
		count_end(c);
		linger(c);
		return;
	}
	if (!LIST_EMPTY(&s->streams))
		c->idle_ms = 0;
	else if (c->idle_ms == 0)
		c->idle_ms = now_ms(c);
	if (c->idle_ms != 0)
		be_called_by(c, c->idle_ms + timeouts->idle);
	c->waiting = h2_session_wants_write(s);
	if (c->waiting)
		be_called_by(c, output_due_ms(c));
	conn_want(c->conn, (s->flooded ? 0 : UV_READABLE) | (c->waiting ? UV_WRITABLE : 0));
}

static void step(struct h2_conn *c, int events)
{
	c->stepping = true;
	if (events & UV_READABLE)
		receive(c);
	if (!c->closed && ((events & UV_WRITABLE) || !c->waiting))
		transmit(c);
	c->stepping = false;
	if (!c->closed)
		settle(c);
}

static void on_ready(struct conn *conn, int events)
{
	struct h2_conn *c = conn->data;

	if (!c->lingering) {
		step(c, events);
		return;
	}
	ssize_t n = conn_discard(conn, EVENT_BUDGET_BYTES);
	if (n != -EAGAIN && n <= 0)
		close_now(c);
}

/* The stream has not come on in time. Return: false when the connection is closed for it. */
static bool give_up_stream(struct h2_conn *c, struct h2_stream *x)
{
	if (x->state == H2_STREAM_HEAD) { /* nothing else can come before its end (RFC 9113, 4.3) */
		give_up(c);
		return false;
	}
	http_count(&c->server->counters->timeouts, 1);
	if (x->state == H2_STREAM_BODY)
		http_reply_status(&x->request, 408);
	else
		h2_session_reset(x);
	return true;
}

static void check_streams(struct h2_conn *c)
{
	struct h2_stream *x;

	LIST_FOREACH(x, &c->session.streams, link)
	{
		uint64_t due_ms = due_of(x);
		if (due_ms == 0)
			continue;
		if (now_ms(c) < due_ms)
			be_called_by(c, due_ms);
		else if (!give_up_stream(c, x))
			return;
	}
}

static void on_timeout(struct conn *conn)
{
	struct h2_conn *c = conn->data;
	const struct http_timeouts *timeouts = &c->server->config->timeouts;
	uint64_t now = now_ms(c);

	c->due_ms = 0;
	if (c->lingering) {
		close_now(c);
		return;
	}
	if (c->waiting && now >= output_due_ms(c)) {
		count_end(c);
		give_up(c);
		return;
	}
	c->stepping = true;
	if (c->stopping || (c->idle_ms != 0 && now >= c->idle_ms + timeouts->idle))
		h2_session_go_away(&c->session);
	check_streams(c);
	if (!c->closed)
		step(c, 0);
}

static void on_stop(struct conn *conn)
{
	struct h2_conn *c = conn->data;

	if (c->lingering || c->closed)
		return;
	c->stopping = true;
	if (h2_session_was_asked(&c->session)) {
		h2_session_go_away(&c->session);
	} else {
		h2_session_announce_end(&c->session);
		be_called_by(c, now_ms(c) + FIRST_REQUEST_MS);
	}
	step(c, 0);
}

static void on_closed(struct conn *conn)
{
	struct h2_conn *c = conn->data;

	if (!c->closed && !c->lingering) /* it was closed by the server */
		h2_session_done(&c->session);
	free(c);
}

const struct conn_ops h2_conn_ops = {on_ready, on_timeout, on_closed, on_stop};

static void reply_on_stream(struct http_request *r, const struct http_reply *reply)
{
	struct h2_stream *x = (struct h2_stream *)r;
	struct h2_conn *c = x->session->data;
	struct http_server *s = c->server;
	bool head_only = r->method == HTTP_METHOD_HEAD;
	const struct http_reply_context context = {http_server_date(s), head_only, false};

	http_count(&s->counters->responses[reply->status / 100], 1);
	http_count(&s->counters->body_bytes_out, head_only ? 0 : reply->body_bytes);
	buf_drop(&s->output, s->output.len);
	if (http_reply_write(&s->output, reply, &context) == 0) {
		h2_session_reply(x, reply, &s->output, now_ms(c));
	} else {
		log_error("http: %s: the reply is larger than the output buffer", r->path);
		h2_session_reset(x);
	}
	if (!c->stepping)
		step(c, 0);
}

static struct conn *conn_of_request(const struct http_request *r)
{
	const struct h2_conn *c = ((const struct h2_stream *)r)->session->data;

	return c->conn;
}

static const struct http_transport transport = {.reply = reply_on_stream, .conn = conn_of_request};

static void on_head(struct h2_stream *x, int status)
{
	struct h2_conn *c = x->session->data;
	struct http_request *r = &x->request;

	r->client = c->client;
	r->transport = &transport;
	if (status != 0) {
		http_reply_status(r, status);
		return;
	}
	if (!http_admit(c->server, r) || r->route == NULL)
		return;
	buf_init(&r->body, (size_t)r->route->max_body_bytes);
	if (r->expects_continue)
		h2_session_continue(x);
}

struct h2_conn *h2_conn_new(struct http_server *server, struct conn *conn, const struct addr *client)
{
	static const struct h2_session_ops ops = {on_state, on_head, on_body, on_request, on_sent, on_done};
	struct h2_conn *c = mem_new(sizeof(*c));

	c->conn = conn;
	c->server = server;
	c->client = *client;
	h2_session_init(&c->session, &ops, c, now_ms(c));
	h2_pace_init(&c->pace, now_ms(c));
	(void)tcp_set_unsent_max(conn_socket(conn), c->pace.bytes);
	return c;
}
