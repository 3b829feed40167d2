/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/mem.h"
#include "net/http_conn.h"
#include "net/http_route.h"
#include "net/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	LIMIT_CLIENTS = 4096,
	UNSENT_MAX_BYTES = 128 * 1024, /* of a connection: a millisecond's worth at 1 Gbit/s */
};

const struct http_timeouts http_timeouts_default = {
	.handshake = 10000,
	.idle = 60000,
	.head = 10000,
	.body = 20000,
	.reply = 20000,
	.linger = 2000,
};

struct http_server *http_server_new(uv_loop_t *loop, const struct http_config *config,
                                    struct http_counters *counters)
{
	struct http_server *s = mem_new(sizeof(*s));

	s->loop = loop;
	s->config = config;
	s->counters = counters;
	s->limit = limit_new(config->rate, LIMIT_CLIENTS);
	s->routes = http_routes_new(config->tables);
	LIST_INIT(&s->conns);
	buf_init(&s->output, HTTP_OUTPUT_MAX_BYTES);
	(void)uv_timer_init(loop, &s->grace);
	s->grace.data = s;
	return s;
}

static void free_server(struct http_server *s)
{
	limit_free(s->limit);
	http_routes_free(s->routes);
	buf_done(&s->output);
	http_exchange_done(s);
	if (s->tls != NULL)
		tls_buffers_free(s->tls);
	free(s);
}

static void on_grace_closed(uv_handle_t *handle)
{
	struct http_server *s = handle->data;
	void (*on_closed)(void *data) = s->on_closed;
	void *data = s->on_closed_data;

	free_server(s);
	if (on_closed != NULL)
		on_closed(data);
}

void http_server_release(struct http_server *s)
{
	s->n_open--;
	if (s->closing && s->n_open == 0)
		uv_close((uv_handle_t *)&s->grace, on_grace_closed); /* the last handle */
}

const char *http_server_date(struct http_server *s)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (now.tv_sec != s->date_s) {
		s->date_s = now.tv_sec;
		http_date(now.tv_sec, s->date);
	}
	return s->date;
}

static void refuse(const struct http_listener *l, int fd)
{
	static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\n"
				   "Content-Length: 0\r\nConnection: close\r\n\r\n";

	http_count(&l->server->counters->refused, 1);
	http_count(&l->server->counters->responses[5], 1);
	/* As far as it goes; with TLS it would take a handshake to say. */
	if (l->tls == NULL)
		(void)send(fd, busy, sizeof(busy) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)close(fd);
}

static void on_accept(struct listener *l, int fd, const struct addr *client)
{
	struct http_listener *of = l->data;
	struct http_server *s = of->server;

	http_count(&s->counters->connections, 1);
	if (s->n_conns < s->config->max_conns)
		http_conn_open(of, fd, client);
	else
		refuse(of, fd);
}

int http_server_listen(struct http_server *s, int fd, struct tls *tls)
{
	if (s->n_listeners == HTTP_LISTENERS_MAX)
		return -ENOBUFS;

	struct http_listener *l = &s->listeners[s->n_listeners];
	int rc = listener_open(&l->listener, s->loop, fd, on_accept, l);
	if (rc < 0)
		return rc;
	l->server = s;
	l->tls = tls;
	if (tls != NULL && s->tls == NULL)
		s->tls = tls_buffers_new();
	(void)tcp_set_unsent_max(fd, UNSENT_MAX_BYTES); /* what it accepts inherits it */
	s->n_listeners++;
	s->n_open++;
	return 0;
}

static void on_listener_closed(struct listener *l)
{
	const struct http_listener *of = l->data;

	http_server_release(of->server);
}

static void finish_conns(struct http_server *s, bool now)
{
	struct http_conn *c = LIST_FIRST(&s->conns);

	while (c != NULL) {
		struct http_conn *next = LIST_NEXT(c, link);
		http_conn_finish(c, now);
		c = next;
	}
}

static void on_grace_over(uv_timer_t *grace)
{
	finish_conns(grace->data, true);
}

void http_server_close(struct http_server *s, uint64_t grace_ms, void (*on_closed)(void *data), void *data)
{
	if (s->closing)
		return;
	s->on_closed = on_closed;
	s->on_closed_data = data;
	s->n_open++; /* ours, so that nothing below is the last */
	s->closing = true;
	for (unsigned i = 0; i < s->n_listeners; i++)
		listener_close(&s->listeners[i].listener, on_listener_closed);
	finish_conns(s, false);
	(void)uv_timer_start(&s->grace, on_grace_over, grace_ms, 0);
	http_server_release(s);
}
