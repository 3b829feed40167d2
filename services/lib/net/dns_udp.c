/*
 * Happy path: the socket is readable; a batch of messages comes in one system call, each is
 * answered, and the answers leave in one. An answer that is to be late waits in a ring: all wait
 * equally long, so they leave it in the order in which they came.
 *
 * Failures: what the socket does not take is lost, as anything over UDP may be.
 */
/* SPDX-License-Identifier: MIT */
#include "net/dns_server.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
	BATCH = 64,
	BATCHES_PER_EVENT = 4, /* then others get their turn */
};

struct slot {
	struct sockaddr_storage from;
	struct iovec in, out;
	uint8_t query[DNS_QUERY_MAX_BYTES];
	uint8_t answer[DNS_RESPONSE_MAX_BYTES];
};

struct dns_batch {
	struct mmsghdr in[BATCH], out[BATCH];
	struct slot slots[BATCH];
};

struct waiting {
	uint64_t due_ms;
	int fd;
	struct addr to;
	size_t len;
	uint8_t bytes[DNS_LATE_MAX_BYTES];
};

struct dns_late {
	unsigned first, n;
	struct waiting ring[DNS_LATE_MAX];
};

struct dns_batch *dns_batch_new(void)
{
	struct dns_batch *b = mem_new(sizeof(*b));

	for (unsigned i = 0; i < BATCH; i++) {
		struct slot *s = &b->slots[i];
		s->in = (struct iovec){s->query, sizeof(s->query)};
		b->in[i].msg_hdr = (struct msghdr){.msg_name = &s->from, .msg_iov = &s->in, .msg_iovlen = 1};
	}
	return b;
}

void dns_batch_free(struct dns_batch *b)
{
	free(b);
}

struct dns_late *dns_late_new(void)
{
	return mem_new(sizeof(struct dns_late));
}

void dns_late_free(struct dns_late *l)
{
	free(l);
}

static void on_due(uv_timer_t *timer)
{
	struct dns_server *s = timer->data;
	struct dns_late *l = s->late;

	while (l->n > 0 && l->ring[l->first].due_ms <= uv_now(s->loop)) {
		const struct waiting *w = &l->ring[l->first];
		if (sendto(w->fd, w->bytes, w->len, MSG_DONTWAIT, &w->to.sa, addr_len(&w->to)) < 0)
			http_count(&s->counters->unsent, 1);
		l->first = (l->first + 1) % DNS_LATE_MAX;
		l->n--;
	}
	if (l->n > 0)
		(void)uv_timer_start(timer, on_due, l->ring[l->first].due_ms - uv_now(s->loop), 0);
}

static void keep(struct dns_udp *u, const struct addr *to, const struct dns_response *r)
{
	struct dns_server *s = u->server;
	struct dns_late *l = s->late;

	if (l->n == DNS_LATE_MAX || r->len > DNS_LATE_MAX_BYTES) {
		http_count(&s->counters->lost, 1);
		return;
	}
	struct waiting *w = &l->ring[(l->first + l->n) % DNS_LATE_MAX];
	*w = (struct waiting){.due_ms = uv_now(s->loop) + s->config->late_ms, .fd = u->fd, .to = *to, .len = r->len};
	memcpy(w->bytes, r->bytes, r->len);
	l->n++;
	if (l->n == 1)
		(void)uv_timer_start(&s->timer, on_due, s->config->late_ms, 0);
}

/* Answer message @i. Return: whether slot's answer is to be sent now. */
static bool answer(struct dns_udp *u, unsigned i, size_t *ret_len)
{
	struct dns_server *s = u->server;
	struct slot *slot = &s->batch->slots[i];
	const struct mmsghdr *in = &s->batch->in[i];
	struct dns_response r = {.bytes = slot->answer};
	struct addr client;

	if (in->msg_hdr.msg_flags & MSG_TRUNC) /* longer than any query */
		return false;
	addr_from_sockaddr(&slot->from, &client);
	if (addr_port(&client) == 0)
		return false; /* forged: nobody can be there */
	struct dns_request request = {
		.bytes = slot->query, .len = in->msg_len, .client = &client, .udp = true, .now_ms = uv_now(s->loop)};
	s->config->on_query(s->config->data, &request, &r);
	if (r.len > 0 && r.late)
		keep(u, &client, &r);
	*ret_len = r.len;
	return r.len > 0 && !r.late;
}

static void send_all(struct dns_udp *u, unsigned n)
{
	struct dns_batch *b = u->server->batch;
	unsigned done = 0;

	while (done < n) {
		int sent = sendmmsg(u->fd, b->out + done, n - done, MSG_DONTWAIT);
		if (sent < 0) { /* of the first: there may be no way to it, but to the others */
			http_count(&u->server->counters->unsent, 1);
			sent = 1;
		}
		done += (unsigned)sent;
	}
}

/* Return: how many messages came. */
static unsigned serve_batch(struct dns_udp *u)
{
	struct dns_batch *b = u->server->batch;
	unsigned n_out = 0;

	for (unsigned i = 0; i < BATCH; i++)
		b->in[i].msg_hdr.msg_namelen = sizeof(b->slots[i].from);
	int n = recvmmsg(u->fd, b->in, BATCH, MSG_DONTWAIT, NULL);
	if (n <= 0)
		return 0; /* none left; or an earlier answer was refused, which the next call does not say again */
	http_count(&u->server->counters->udp_queries, (uint64_t)n);
	for (unsigned i = 0; i < (unsigned)n; i++) {
		struct slot *s = &b->slots[i];
		size_t len;
		if (!answer(u, i, &len))
			continue;
		s->out = (struct iovec){s->answer, len};
		b->out[n_out++].msg_hdr = (struct msghdr){.msg_name = &s->from,
		                                          .msg_namelen = b->in[i].msg_hdr.msg_namelen,
		                                          .msg_iov = &s->out,
		                                          .msg_iovlen = 1};
	}
	send_all(u, n_out);
	return (unsigned)n;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct dns_udp *u = poll->data;
	(void)status, (void)events; /* an error shows in the next call */

	for (int i = 0; i < BATCHES_PER_EVENT; i++)
		if (serve_batch(u) < BATCH)
			return;
}

int dns_udp_open(struct dns_server *s, struct dns_udp *u)
{
	int rc = uv_poll_init(s->loop, &u->poll, u->fd);
	if (rc < 0)
		return rc;
	u->server = s;
	u->poll.data = u;
	return uv_poll_start(&u->poll, UV_READABLE, on_readable);
}
