/*
 * start() sends the question over UDP; on_datagram() finds the answer in what comes, or on_time()
 * asks again. A truncated answer leads to start_tcp(), where on_connected() writes the same bytes
 * and on_bytes() collects the answer. finish() ends it, whatever happened.
 *
 * What can go wrong at once, such as no route, is told on the loop's next turn by the same timer.
 */
/* SPDX-License-Identifier: MIT */
#include "net/dns_client.h"

#include "base/mem.h"
#include "net/dns_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	LENGTH_BYTES = 2, /* before a message over TCP (RFC 1035, 4.2.2) */
	QUERY_MAX_BYTES = 512,
};

struct dns_query {
	struct addr server;
	enum dns_way way;
	dns_answer_fn on_answer;
	void *data;
	uint8_t wire[LENGTH_BYTES + QUERY_MAX_BYTES]; /* as TCP has it */
	size_t len;
	ldns_rr *asked;
	uint16_t id;

	uv_loop_t *loop;
	uv_timer_t timer;
	uv_udp_t udp;
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_write_t write;
	unsigned n_open; /* handles not yet closed */
	unsigned tries;
	bool is_tcp;
	int failure; /* what is told when the time is over */
	uint64_t begun_ms;
	uint8_t in[LENGTH_BYTES + DNS_ANSWER_MAX_BYTES];
	size_t in_len;
};

static void on_closed(uv_handle_t *handle)
{
	struct dns_query *q = handle->data;

	if (--q->n_open > 0)
		return;
	ldns_rr_free(q->asked);
	free(q);
}

static void close_handle(struct dns_query *q, uv_handle_t *handle)
{
	if (handle->data == q && !uv_is_closing(handle))
		uv_close(handle, on_closed);
}

void dns_cancel(struct dns_query *q)
{
	close_handle(q, (uv_handle_t *)&q->timer);
	close_handle(q, (uv_handle_t *)&q->udp);
	close_handle(q, (uv_handle_t *)&q->tcp);
}

static void finish(struct dns_query *q, int rc, ldns_pkt *packet)
{
	struct dns_answer a = {
		.rc = rc,
		.packet = packet,
		.is_tcp = q->is_tcp,
		.ms = uv_now(q->loop) - q->begun_ms,
	};

	dns_cancel(q);
	q->on_answer(&a, q->data);
}

static void on_bytes(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct dns_query *q = stream->data;
	(void)buf;

	if (n < 0) {
		finish(q, n == UV_EOF ? -ECONNRESET : (int)n, NULL);
		return;
	}
	q->in_len += (size_t)n;
	if (q->in_len < LENGTH_BYTES)
		return;
	size_t len = (size_t)q->in[0] << 8 | q->in[1];
	if (len > DNS_ANSWER_MAX_BYTES) {
		finish(q, -EMSGSIZE, NULL);
	} else if (q->in_len >= LENGTH_BYTES + len) {
		ldns_pkt *p = dns_match(q->asked, q->id, q->in + LENGTH_BYTES, len);
		finish(q, p == NULL ? -EBADMSG : 0, p);
	}
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
	struct dns_query *q = handle->data;
	(void)suggested;

	*ret = uv_buf_init((char *)q->in + q->in_len, (unsigned)(sizeof(q->in) - q->in_len));
}

static void on_written(uv_write_t *write, int rc)
{
	struct dns_query *q = write->handle->data;

	if (rc < 0 && rc != UV_ECANCELED)
		finish(q, rc, NULL);
}

static void on_connected(uv_connect_t *connect, int rc)
{
	struct dns_query *q = connect->handle->data;
	uv_buf_t out = uv_buf_init((char *)q->wire, (unsigned)q->len);

	if (rc == UV_ECANCELED)
		return;
	if (rc == 0)
		rc = uv_read_start((uv_stream_t *)&q->tcp, on_room, on_bytes);
	if (rc == 0)
		rc = uv_write(&q->write, (uv_stream_t *)&q->tcp, &out, 1, on_written);
	if (rc < 0)
		finish(q, rc, NULL);
}

static void on_time(uv_timer_t *timer);

static int start_tcp(struct dns_query *q)
{
	q->is_tcp = true;
	q->in_len = 0;
	q->failure = -ETIMEDOUT;
	q->tries = DNS_TRIES;
	(void)uv_timer_start(&q->timer, on_time, DNS_TCP_MS, 0);
	int rc = uv_tcp_init(q->loop, &q->tcp);
	if (rc < 0)
		return rc;
	q->tcp.data = q;
	q->n_open++;
	return uv_tcp_connect(&q->connect, &q->tcp, &q->server.sa, on_connected);
}

static void on_datagram(uv_udp_t *udp, ssize_t n, const uv_buf_t *buf, const struct sockaddr *from, unsigned flags)
{
	struct dns_query *q = udp->data;
	(void)flags; /* what is too long is no message any more */

	if (n < 0) {
		finish(q, (int)n, NULL);
		return;
	}
	if (from == NULL) /* nothing more to read now */
		return;
	ldns_pkt *p = dns_match(q->asked, q->id, (const uint8_t *)buf->base, (size_t)n);
	if (p == NULL) {
		q->failure = -EBADMSG;
		return;
	}
	if (!ldns_pkt_tc(p) || q->way == DNS_UDP_ONLY) {
		finish(q, 0, p);
		return;
	}
	ldns_pkt_free(p);
	close_handle(q, (uv_handle_t *)udp);
	int rc = start_tcp(q);
	if (rc < 0)
		finish(q, rc, NULL);
}

/** Return: 0, also when the datagram could not leave just now: it is sent again. */
static int send_datagram(struct dns_query *q)
{
	uv_buf_t out = uv_buf_init((char *)q->wire + LENGTH_BYTES, (unsigned)(q->len - LENGTH_BYTES));

	q->tries++;
	(void)uv_timer_start(&q->timer, on_time, DNS_TRY_MS, 0);
	int rc = uv_udp_try_send(&q->udp, &out, 1, NULL);
	return rc == UV_EAGAIN || rc >= 0 ? 0 : rc;
}

/** A connected socket hears its server only. */
static int start_udp(struct dns_query *q)
{
	int rc = uv_udp_init(q->loop, &q->udp);

	if (rc < 0)
		return rc;
	q->udp.data = q;
	q->n_open++;
	rc = uv_udp_connect(&q->udp, &q->server.sa);
	if (rc == 0)
		rc = uv_udp_recv_start(&q->udp, on_room, on_datagram);
	return rc < 0 ? rc : send_datagram(q);
}

static void on_time(uv_timer_t *timer)
{
	struct dns_query *q = timer->data;
	int rc = q->tries < DNS_TRIES ? send_datagram(q) : q->failure;

	if (rc < 0)
		finish(q, rc, NULL);
}

/** Write the question, with its length before it. */
static int make_wire(struct dns_query *q, const struct dns_question *question)
{
	uint16_t flags = question->recurse ? LDNS_RD : 0;
	ldns_rdf *name = ldns_dname_new_frm_str(question->name);
	uint8_t *bytes;
	size_t len;

	if (name == NULL)
		return -EINVAL;
	ldns_pkt *p = ldns_pkt_query_new(name, question->type, LDNS_RR_CLASS_IN, flags);
	q->id = (uint16_t)arc4random();
	ldns_pkt_set_id(p, q->id);
	if (!question->no_edns) {
		ldns_pkt_set_edns_udp_size(p, DNS_UDP_BYTES);
		ldns_pkt_set_edns_do(p, question->dnssec);
		ldns_pkt_set_edns_version(p, question->edns_version);
	}
	q->asked = ldns_rr_clone(ldns_rr_list_rr(ldns_pkt_question(p), 0));
	int rc = ldns_pkt2wire(&bytes, p, &len) == LDNS_STATUS_OK ? 0 : -EINVAL;
	if (rc == 0) {
		q->wire[0] = (uint8_t)(len >> 8);
		q->wire[1] = (uint8_t)len;
		memcpy(q->wire + LENGTH_BYTES, bytes, len); /* a name of 255 bytes and 27 more */
		q->len = LENGTH_BYTES + len;
		free(bytes);
	}
	ldns_pkt_free(p);
	return rc;
}

struct dns_query *dns_ask(uv_loop_t *loop, const struct dns_question *question, dns_answer_fn on_answer, void *data)
{
	struct dns_query *q = mem_new(sizeof(*q));

	q->loop = loop;
	q->server = question->server;
	q->way = question->way;
	q->on_answer = on_answer;
	q->data = data;
	q->failure = -ETIMEDOUT;
	q->begun_ms = uv_now(loop);
	q->is_tcp = question->way == DNS_TCP_ONLY;
	(void)uv_timer_init(loop, &q->timer);
	q->timer.data = q;
	q->n_open = 1;
	int rc = make_wire(q, question);
	if (rc == 0)
		rc = q->is_tcp ? start_tcp(q) : start_udp(q);
	if (rc < 0) {
		q->failure = rc;
		q->tries = DNS_TRIES;
		(void)uv_timer_start(&q->timer, on_time, 0, 0);
	}
	return q;
}
