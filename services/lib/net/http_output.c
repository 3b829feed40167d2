/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "net/http_conn.h"
#include "net/http_transport.h"

#include <errno.h>

static void reply_sent(struct http_conn *c)
{
	if (c->owner != NULL) {
		http_conn_hand_over(c);
		return;
	}
	http_exchange_end(c);
	if (!c->last) {
		http_conn_move(c, CONN_IDLE);
		conn_deadline(&c->conn, c->server->config->timeouts.idle);
		return;
	}
	/* Closing over unread input would reset the connection, and the reply with it. */
	http_conn_move(c, CONN_LINGERING);
	http_input_drop(c);
	conn_shutdown(&c->conn);
	conn_deadline(&c->conn, c->server->config->timeouts.linger);
}

static bool write_failed(struct http_conn *c, ssize_t rc)
{
	if (rc != -EAGAIN)
		http_conn_close(c);
	return false;
}

/* Have TLS send what it keeps. Return: 0 when nothing is left, or a negative errno. */
static ssize_t flush(struct http_conn *c)
{
	ssize_t n;

	while ((n = conn_flush(&c->conn)) > 0)
		conn_deadline(&c->conn, c->server->config->timeouts.reply);
	return n;
}

bool http_output(struct http_conn *c)
{
	struct exchange *x = c->exchange;

	ssize_t rc = flush(c);
	if (rc < 0)
		return write_failed(c, rc);
	while (x->out.len > 0) {
		ssize_t n = conn_send(&c->conn, x->out.data, x->out.len, x->blob_left > 0);
		if (n < 0)
			return write_failed(c, n);
		buf_drop(&x->out, (size_t)n);
		conn_deadline(&c->conn, c->server->config->timeouts.reply);
	}
	while (x->blob_left > 0) {
		if (c->budget <= 0)
			return false;
		size_t piece = x->blob->size_bytes - x->blob_at;
		if (piece > x->blob_left)
			piece = (size_t)x->blob_left;
		ssize_t n = conn_send(&c->conn, x->blob->data + x->blob_at, piece, false);
		if (n < 0)
			return write_failed(c, n);
		x->blob_left -= (uint64_t)n;
		x->blob_at = (x->blob_at + (size_t)n) % x->blob->size_bytes;
		c->budget -= n;
		http_sent(c->server, &x->request, (size_t)n);
		conn_deadline(&c->conn, c->server->config->timeouts.reply);
		if ((size_t)n < piece)
			return false; /* the socket is full: asking again would cost a call */
	}
	rc = flush(c);
	if (rc < 0)
		return write_failed(c, rc);
	reply_sent(c);
	return true;
}

static void reply_on_conn(struct http_request *r, const struct http_reply *reply)
{
	struct exchange *x = (struct exchange *)r;
	struct http_conn *c = x->conn;
	struct http_server *s = c->server;
	bool head_only = r->method == HTTP_METHOD_HEAD;

	if (s->closing)
		c->last = true;
	http_count(&s->counters->responses[reply->status / 100], 1);
	http_count(&s->counters->body_bytes_out, head_only ? 0 : reply->body_bytes);
	http_conn_move(c, CONN_REPLYING);
	conn_deadline(&c->conn, s->config->timeouts.reply);
	if (reply->blob != NULL && !head_only) {
		x->blob = reply->blob;
		x->blob_left = reply->blob_bytes;
	}
	buf_drop(&s->output, s->output.len);
	const struct http_reply_context context = {http_server_date(s), head_only, c->last};
	if (http_reply_write(&s->output, reply, &context) < 0) {
		log_error("http: %s: the reply is larger than the output buffer", r->path);
		http_conn_close(c);
		return;
	}
	/* Most replies leave here in one call, and nothing is kept. */
	ssize_t n = conn_send(&c->conn, s->output.data, s->output.len, x->blob_left > 0);
	size_t sent = n < 0 ? 0 : (size_t)n;
	(void)buf_add(&x->out, s->output.data + sent, s->output.len - sent);
	if (!c->stepping)
		http_conn_step(c);
}

static int upgrade(struct http_request *r, const char *headers, const struct conn_ops *ops, void *data)
{
	struct http_conn *c = ((struct exchange *)r)->conn;

	if (c->server->closing)
		return -ESHUTDOWN;
	c->owner = ops;
	c->conn.data = data;
	reply_on_conn(r, &(struct http_reply){.status = 101, .headers = headers});
	return 0;
}

static struct conn *conn_of_request(const struct http_request *r)
{
	return &((const struct exchange *)r)->conn->conn;
}

const struct http_transport http_conn_transport = {reply_on_conn, conn_of_request, upgrade};
