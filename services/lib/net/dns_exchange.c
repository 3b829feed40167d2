/*
 * dns_exchange_start() connects; on_connected() writes the message; on_bytes() collects what comes and
 * hands over each whole message; finish() ends it, whatever happened. One timer bounds every wait.
 *
 * What can go wrong at once is told on the loop's next turn by the same timer.
 */
/* SPDX-License-Identifier: MIT */
#include "net/dns_exchange.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	LENGTH_BYTES = 2, /* before a message over TCP (RFC 1035, 4.2.2) */
};

struct dns_exchange {
	struct dns_exchange_request request; /* message: not any more */
	uv_timer_t timer;
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_write_t write;
	unsigned n_open; /* handles not yet closed */
	int failure;     /* what is told when the time is over */
	bool was_sent;
	size_t total_bytes;
	uint8_t *out;
	size_t out_len;
	size_t in_len;
	uint8_t in[LENGTH_BYTES + UINT16_MAX];
};

static void on_closed(uv_handle_t *handle)
{
	struct dns_exchange *x = handle->data;

	if (--x->n_open > 0)
		return;
	free(x->out);
	free(x);
}

void dns_exchange_cancel(struct dns_exchange *x)
{
	uv_close((uv_handle_t *)&x->timer, on_closed);
	if (x->tcp.data == x)
		uv_close((uv_handle_t *)&x->tcp, on_closed);
}

static void finish(struct dns_exchange *x, int rc)
{
	dns_exchange_cancel(x);
	x->request.on_end(rc, x->was_sent, x->request.data);
}

static void on_time(uv_timer_t *timer)
{
	struct dns_exchange *x = timer->data;

	finish(x, x->failure);
}

static void wait_until(struct dns_exchange *x, uint64_t delay_ms)
{
	(void)uv_timer_start(&x->timer, on_time, delay_ms, 0);
}

/** Hand over what is whole. Return: whether that was enough. */
static bool take_messages(struct dns_exchange *x)
{
	enum dns_more more = DNS_MORE;
	size_t at = 0;

	while (more == DNS_MORE && x->in_len - at >= LENGTH_BYTES) {
		size_t len = (size_t)x->in[at] << 8 | x->in[at + 1];
		if (x->in_len - at < LENGTH_BYTES + len)
			break;
		wait_until(x, x->request.limit_ms);
		more = x->request.on_message(x->in + at + LENGTH_BYTES, len, x->request.data);
		at += LENGTH_BYTES + len;
	}
	memmove(x->in, x->in + at, x->in_len - at);
	x->in_len -= at;
	return more == DNS_ENOUGH;
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct dns_exchange *x = stream->data;
	(void)buf;

	if (n < 0) {
		finish(x, n == UV_EOF ? -ECONNRESET : (int)n);
		return;
	}
	x->in_len += (size_t)n;
	x->total_bytes += (size_t)n;
	if (x->total_bytes > x->request.max_bytes)
		finish(x, -EMSGSIZE);
	else if (take_messages(x))
		finish(x, 0);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
	struct dns_exchange *x = handle->data;
	(void)suggested;

	*ret = uv_buf_init((char *)x->in + x->in_len, (unsigned)(sizeof(x->in) - x->in_len));
}

static void on_written(uv_write_t *write, int rc)
{
	struct dns_exchange *x = write->handle->data;

	if (rc < 0 && rc != UV_ECANCELED)
		finish(x, rc);
}

static void on_connected(uv_connect_t *connect, int rc)
{
	struct dns_exchange *x = connect->handle->data;
	uv_buf_t out = uv_buf_init((char *)x->out, (unsigned)x->out_len);

	if (rc == UV_ECANCELED)
		return;
	if (rc == 0)
		rc = uv_read_start((uv_stream_t *)&x->tcp, on_room, on_bytes);
	if (rc == 0) {
		x->was_sent = true;
		rc = uv_write(&x->write, (uv_stream_t *)&x->tcp, &out, 1, on_written);
	}
	if (rc < 0)
		finish(x, rc);
}

static int start_tcp(struct dns_exchange *x)
{
	int rc = uv_tcp_init(x->timer.loop, &x->tcp);

	if (rc < 0)
		return rc;
	x->tcp.data = x;
	x->n_open++;
	return uv_tcp_connect(&x->connect, &x->tcp, &x->request.server.sa, on_connected);
}

struct dns_exchange *dns_exchange_start(uv_loop_t *loop, const struct dns_exchange_request *request)
{
	struct dns_exchange *x = mem_new(sizeof(*x));

	assert(request->len <= UINT16_MAX);
	x->request = *request;
	x->out_len = LENGTH_BYTES + request->len;
	x->out = mem_new(x->out_len);
	x->out[0] = (uint8_t)(request->len >> 8);
	x->out[1] = (uint8_t)request->len;
	memcpy(x->out + LENGTH_BYTES, request->message, request->len);
	x->failure = -ETIMEDOUT;
	(void)uv_timer_init(loop, &x->timer);
	x->timer.data = x;
	x->n_open = 1;
	wait_until(x, request->limit_ms);
	int rc = start_tcp(x);
	if (rc < 0) {
		x->failure = rc;
		wait_until(x, 0);
	}
	return x;
}
