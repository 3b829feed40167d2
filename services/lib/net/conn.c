/* SPDX-License-Identifier: MIT */
#include "net/conn.h"

#include "net/tcp.h"

#include <assert.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DISCARD_BYTES = 16 * 1024 };

/* Input that the socket does not show. */
static bool has_input(const struct conn *c)
{
	return c->unread.len > 0 || (c->tls != NULL && tls_stream_has_input(c->tls));
}

static bool has_output(const struct conn *c)
{
	return c->tls != NULL && tls_stream_has_output(c->tls);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct conn *c = poll->data;

	if (!(c->wanted & UV_WRITABLE))
		(void)conn_flush(c); /* its owner waits for something else */
	if (has_input(c))
		events |= UV_READABLE;
	/* An error shows in the next read or write, which knows what it means. */
	events = status < 0 ? c->wanted : events & c->wanted;
	if (events != 0)
		c->ops->on_ready(c, events);
	conn_want(c, c->wanted); /* what is held may have changed */
}

static void on_timer(uv_timer_t *timer)
{
	struct conn *c = timer->data;
	uint64_t now_ms = uv_now(timer->loop);

	if (c->deadline_ms > now_ms) /* moved on since the timer was set */
		(void)uv_timer_start(timer, on_timer, c->deadline_ms - now_ms, 0);
	else if (c->deadline_ms != 0)
		c->ops->on_timeout(c);
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct conn *c = handle->data;

	if (--c->n_handles > 0)
		return;
	buf_done(&c->unread);
	c->ops->on_closed(c);
}

int conn_open(struct conn *c, uv_loop_t *loop, int fd, const struct conn_ops *ops)
{
	static const int on = 1;

	*c = (struct conn){.ops = ops, .fd = fd, .n_handles = 2};
	buf_init(&c->unread, CONN_UNREAD_MAX_BYTES);
	c->is_tcp = setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0;

	int rc = uv_poll_init(loop, &c->poll, fd);
	if (rc < 0) {
		(void)close(fd);
		return rc;
	}
	c->poll.data = c;
	(void)uv_timer_init(loop, &c->timer);
	c->timer.data = c;
	return 0;
}

void conn_secure(struct conn *c, struct tls *t, struct tls_buffers *buffers)
{
	c->tls = tls_stream_new(t, buffers, c->fd);
	tls_stream_set_segments(c->tls, c->segment_bytes);
	c->secure = true;
}

int conn_handshake(struct conn *c)
{
	int rc = tls_stream_handshake(c->tls);

	if (rc == 0)
		c->offloaded = tls_stream_agreed(c->tls).offloaded;
	if (rc == -EPROTONOSUPPORT) {
		tls_stream_free(c->tls);
		c->tls = NULL;
		c->secure = false;
	}
	return rc;
}

struct tls_agreed conn_agreed(const struct conn *c)
{
	return tls_stream_agreed(c->tls);
}

void conn_close(struct conn *c)
{
	if (c->closing)
		return;
	c->closing = true;
	if (c->tls != NULL)
		tls_stream_free(c->tls);
	c->tls = NULL;
	uv_close((uv_handle_t *)&c->poll, on_handle_closed);
	uv_close((uv_handle_t *)&c->timer, on_handle_closed);
	(void)close(c->fd); /* after uv_close(), which forgets the descriptor */
	c->fd = -1;         /* what is sent late goes nowhere */
}

void conn_want(struct conn *c, int events)
{
	int polled = events;

	c->wanted = events;
	if (c->closing)
		return;
	/* Input that is held makes no event; being writable makes one soon. */
	if (has_output(c) || ((events & UV_READABLE) && has_input(c)))
		polled |= UV_WRITABLE;
	if (polled == c->polled)
		return;
	c->polled = polled;

	int rc = polled == 0 ? uv_poll_stop(&c->poll) : uv_poll_start(&c->poll, polled, on_poll);
	assert(rc == 0);
	(void)rc;
}

void conn_deadline(struct conn *c, uint64_t delay_ms)
{
	uint64_t due_in_ms = uv_timer_get_due_in(&c->timer);

	c->deadline_ms = delay_ms == 0 ? 0 : uv_now(c->timer.loop) + delay_ms;
	if (c->closing || delay_ms == 0)
		return;
	/* A timer that fires too early sets itself anew, so most moves cost nothing. */
	if (!uv_is_active((uv_handle_t *)&c->timer) || due_in_ms > delay_ms)
		(void)uv_timer_start(&c->timer, on_timer, delay_ms, 0);
}

void conn_set_segments(struct conn *c, size_t bytes)
{
	c->segment_bytes = bytes;
	if (c->tls != NULL)
		tls_stream_set_segments(c->tls, bytes);
}

int conn_socket(const struct conn *c)
{
	return c->fd;
}

uv_loop_t *conn_loop(const struct conn *c)
{
	return c->poll.loop;
}

bool conn_is_secure(const struct conn *c)
{
	return c->secure;
}

void conn_unread(struct conn *c, const void *data, size_t len)
{
	assert(c->unread.len == 0 && len <= CONN_UNREAD_MAX_BYTES);
	(void)buf_add(&c->unread, data, len);
}

/* Take up to @len unread bytes; @buf may be NULL. */
static ssize_t take_unread(struct conn *c, void *buf, size_t len)
{
	size_t n = len < c->unread.len ? len : c->unread.len;

	if (buf != NULL)
		memcpy(buf, c->unread.data, n);
	buf_drop(&c->unread, n);
	if (c->unread.len == 0)
		buf_done(&c->unread);
	return (ssize_t)n;
}

ssize_t conn_recv(struct conn *c, void *buf, size_t len)
{
	ssize_t n;

	if (c->unread.len > 0)
		return take_unread(c, buf, len);
	if (c->tls != NULL)
		return tls_stream_recv(c->tls, buf, len);
	do
		n = recv(c->fd, buf, len, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* No stream but TCP's is dropped within the kernel. */
static ssize_t receive_and_drop(struct conn *c, size_t len)
{
	char dropped[DISCARD_BYTES];

	return conn_recv(c, dropped, len < sizeof(dropped) ? len : sizeof(dropped));
}

ssize_t conn_discard(struct conn *c, size_t len)
{
	ssize_t n;

	if (c->unread.len > 0)
		return take_unread(c, NULL, len);
	if (c->tls != NULL)
		return tls_stream_recv(c->tls, NULL, len);
	if (!c->is_tcp)
		return receive_and_drop(c, len);
	do
		n = recv(c->fd, NULL, len, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

ssize_t conn_sendv(struct conn *c, const struct iovec *pieces, size_t n, bool more)
{
	const struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)pieces, .msg_iovlen = n};
	ssize_t sent;

	if (c->tls != NULL && !c->offloaded)
		return tls_stream_sendv(c->tls, pieces, n, more);
	do
		sent = sendmsg(c->fd, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

/* Not by way of conn_sendv(): sendmsg() costs more than send(). */
ssize_t conn_send(struct conn *c, const void *data, size_t len, bool more)
{
	if (c->tls != NULL && !c->offloaded)
		return tls_stream_sendv(c->tls, &(struct iovec){(void *)(uintptr_t)data, len}, 1, more);
	return tcp_send(c->fd, data, len, more ? MSG_MORE : 0, c->segment_bytes);
}

ssize_t conn_flush(struct conn *c)
{
	return c->tls != NULL ? tls_stream_flush(c->tls) : 0;
}

void conn_shutdown(struct conn *c)
{
	if (c->tls != NULL)
		tls_stream_shutdown(c->tls);
	else
		(void)shutdown(c->fd, SHUT_WR); /* fails only when the peer has gone */
}
