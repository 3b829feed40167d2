/* SPDX-License-Identifier: MIT */
#include "net/dns_server.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct dns_server *dns_server_new(uv_loop_t *loop, const struct dns_config *config, struct dns_counters *counters)
{
	struct dns_server *s = mem_new(sizeof(*s));

	s->loop = loop;
	s->config = config;
	s->counters = counters;
	s->batch = dns_batch_new();
	s->late = dns_late_new();
	TAILQ_INIT(&s->conns);
	(void)uv_timer_init(loop, &s->timer);
	s->timer.data = s;
	s->n_open = 1;
	return s;
}

void dns_server_release(struct dns_server *s)
{
	if (--s->n_open > 0)
		return;
	void (*on_closed)(void *data) = s->on_closed;
	void *data = s->on_closed_data;

	dns_batch_free(s->batch);
	dns_late_free(s->late);
	free(s);
	if (on_closed != NULL)
		on_closed(data);
}

/* Full: whoever has not asked for longest makes room, so that nobody who asks nothing keeps others out. */
static void on_accept(struct listener *l, int fd, const struct addr *client)
{
	struct dns_server *s = l->data;

	http_count(&s->counters->connections, 1);
	if (s->n_conns >= s->config->max_conns) {
		http_count(&s->counters->displaced, 1);
		dns_conn_close(TAILQ_FIRST(&s->conns));
	}
	dns_conn_open(s, fd, client);
}

int dns_server_listen(struct dns_server *s, int fd, bool udp)
{
	int rc;

	if ((udp ? s->n_udp : s->n_listeners) == DNS_SOCKETS_MAX)
		return -ENOBUFS;
	if (udp) {
		s->udp[s->n_udp].fd = fd;
		rc = dns_udp_open(s, &s->udp[s->n_udp]);
	} else {
		rc = listener_open(&s->listeners[s->n_listeners], s->loop, fd, on_accept, s);
	}
	if (rc < 0)
		return rc;
	s->n_udp += udp;
	s->n_listeners += !udp;
	s->n_open++;
	return 0;
}

static void on_listener_closed(struct listener *l)
{
	dns_server_release(l->data);
}

static void on_poll_closed(uv_handle_t *handle)
{
	const struct dns_udp *u = handle->data;

	dns_server_release(u->server);
}

static void on_timer_closed(uv_handle_t *handle)
{
	dns_server_release(handle->data);
}

void dns_server_close(struct dns_server *s, void (*on_closed)(void *data), void *data)
{
	if (s->closing)
		return;
	s->closing = true;
	s->on_closed = on_closed;
	s->on_closed_data = data;
	for (unsigned i = 0; i < s->n_listeners; i++)
		listener_close(&s->listeners[i], on_listener_closed);
	for (unsigned i = 0; i < s->n_udp; i++)
		uv_close((uv_handle_t *)&s->udp[i].poll, on_poll_closed);
	while (!TAILQ_EMPTY(&s->conns))
		dns_conn_close(TAILQ_FIRST(&s->conns));
	uv_close((uv_handle_t *)&s->timer, on_timer_closed);
}
