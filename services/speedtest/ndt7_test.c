/*
 * One ndt7 test.
 *
 * Happy path: STARTING -101 is out-> RUNNING -10 s, or the server stops-> CLOSING -the client's
 * close frame-> ENDING -its end of stream-> closed. A client that closes first goes from RUNNING
 * to ENDING. Messages are sent whole: what else there is to say waits for the end of one.
 *
 * Failures: a violation is answered with a close frame of its code (RFC 6455, 7.4.1), then ENDING
 * drops what still comes, so that the client can read it. Whoever is silent, slow or gone is closed
 * on at STOP_MS. Nothing is kept of what comes, and one message at most of what goes.
 */
/* SPDX-License-Identifier: MIT */
#include "speedtest/ndt7_test.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/tcp.h"
#include "net/ws.h"
#include "speedtest/gate.h"
#include "speedtest/ndt7_message.h"
#include "speedtest/payload.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BIT(n) (1u << (n))

enum {
	RUN_MS = 10000,
	STOP_MS = 13000,                      /* the whole test, with its end */
	LINGER_MS = 2000,                     /* to let the client read the end */
	MESSAGE_MAX_BYTES = 16 << 20,         /* that a client may send */
	OUT_MAX_BYTES = 16 * 1024,            /* headers, control frames, a measurement */
	EVENT_BUDGET_BYTES = 2 * 1024 * 1024, /* moved each way in one event, before other connections get their turn */
	RECEIVE_COST_BYTES = 4096,            /* of that budget, however little is received */
	LOOK_BYTES = 4096,                    /* received at once to be looked at, */
	LARGE_BYTES = 4 * LOOK_BYTES,         /* but after a message of this size only a header */
};

/*
 * Where in the payload a message begins. At the beginning of a page it would be copied to just
 * behind where it is, modulo a page, since a header comes first: that takes processors twice the time.
 */
enum { MESSAGE_AT = 2048 };

enum ndt7_state {
	STARTING,
	RUNNING,
	CLOSING, /* our close frame is on its way */
	ENDING,  /* there is nothing more to say after what is in out */
	STATES,
};

static_assert(PAYLOAD_BYTES - MESSAGE_AT - NDT7_MESSAGE_MAX_BYTES > 0, "a message is sent from the payload");

static const unsigned state_next[STATES] = {
	[STARTING] = BIT(RUNNING),
	[RUNNING] = BIT(CLOSING) | BIT(ENDING),
	[CLOSING] = BIT(ENDING),
	[ENDING] = 0, /* final */
};

struct ndt7_test {
	struct conn *conn;
	struct speedtest *speedtest;
	struct flow *flow;
	enum direction direction;
	enum ndt7_state state;
	enum ndt7_end end; /* as it looks now */
	struct addr client, server;
	char uuid[NDT7_UUID_MAX];
	char start_time[NDT7_TIME_MAX];
	uint64_t start_us; /* on uv_hrtime()'s clock; the times below are since then */
	uint32_t measure_ms, stop_ms;
	ssize_t budget;
	uint64_t bytes; /* of binary messages, moved so far */
	/* in */
	struct ws_reader in;
	bool large; /* the latest message was */
	/* to be said, in this order, between two messages */
	bool pong_due, measure_due;
	uint8_t pong[WS_CONTROL_MAX_BYTES];
	size_t pong_len;
	unsigned close_code; /* 0: not yet */
	bool close_said, shut;
	/* out */
	struct buf out; /* then so much of the payload: */
	uint32_t payload_left;
	uint32_t message_bytes; /* of the present binary message */
};

static void move(struct ndt7_test *t, enum ndt7_state to)
{
	assert(state_next[t->state] & BIT(to));
	t->state = to; /* the only assignment */
}

static uint64_t elapsed_us(const struct ndt7_test *t)
{
	return uv_hrtime() / 1000 - t->start_us;
}

static uint32_t elapsed_ms(const struct ndt7_test *t)
{
	return (uint32_t)(elapsed_us(t) / 1000);
}

static bool is_sending(const struct ndt7_test *t)
{
	return t->state == RUNNING && t->direction == DOWNLOAD;
}

static void put_frame(struct ndt7_test *t, enum ws_opcode opcode, const void *payload, size_t len)
{
	uint8_t header[WS_HEADER_MAX_BYTES];
	size_t header_len = ws_header_write(opcode, len, NULL, header);
	int rc = buf_add(&t->out, header, header_len);

	if (rc == 0)
		rc = buf_add(&t->out, payload, len);
	assert(rc == 0); /* all that is put there is ours, or a control frame */
	(void)rc;
}

static uint32_t random_pause_ms(void)
{
	uint32_t random = 0;

	(void)uv_random(NULL, NULL, &random, sizeof(random), 0, NULL);
	return ndt7_pause_ms(random);
}

static void put_measurement(struct ndt7_test *t)
{
	int fd = conn_socket(t->conn);
	struct tcp_stats tcp;
	struct tcp_bbr bbr;
	char ticks[24];
	size_t len;
	struct ndt7_measurement m = {
		.test = t->direction == DOWNLOAD ? "download" : "upload",
		.client = &t->client,
		.server = &t->server,
		.uuid = t->uuid,
		.start_time = t->start_time,
		.elapsed_us = elapsed_us(t),
		.bytes = t->bytes,
		.tcp = tcp_stats_read(fd, &tcp) == 0 ? &tcp : NULL,
		.bbr = tcp_bbr_read(fd, &bbr) == 0 ? &bbr : NULL,
	};
	char *json = ndt7_measurement_json(&m, &len);

	put_frame(t, WS_OPCODE_TEXT, json, len);
	free(json);
	int n = snprintf(ticks, sizeof(ticks), "%" PRIu64, m.elapsed_us);
	put_frame(t, WS_OPCODE_PING, ticks, (size_t)n);
	t->measure_ms = elapsed_ms(t) + random_pause_ms();
}

static void put_close(struct ndt7_test *t)
{
	uint8_t payload[2];

	ws_close_write(t->close_code, payload);
	put_frame(t, WS_OPCODE_CLOSE, payload, t->close_code == WS_CLOSE_NO_STATUS ? 0 : sizeof(payload));
	t->close_said = true;
}

static void put_binary(struct ndt7_test *t)
{
	uint8_t header[WS_HEADER_MAX_BYTES];

	t->message_bytes = ndt7_message_bytes(t->message_bytes, t->bytes);
	t->payload_left = t->message_bytes;
	(void)buf_add(&t->out, header, ws_header_write(WS_OPCODE_BINARY, t->message_bytes, NULL, header));
}

/* Decide what to say next. Return: false when there is nothing to say. */
static bool compose(struct ndt7_test *t)
{
	if (t->close_said)
		return false;
	if (t->pong_due)
		put_frame(t, WS_OPCODE_PONG, t->pong, t->pong_len);
	if (t->measure_due)
		put_measurement(t);
	t->pong_due = t->measure_due = false;
	if (t->close_code != 0)
		put_close(t);
	else if (is_sending(t))
		put_binary(t);
	return t->out.len > 0;
}

static void sent(struct ndt7_test *t, size_t len)
{
	size_t of_out = len < t->out.len ? len : t->out.len;
	size_t of_payload = len - of_out;

	buf_drop(&t->out, of_out);
	t->payload_left -= (uint32_t)of_payload;
	t->bytes += of_payload;
	t->budget -= (ssize_t)len;
	flow_add(t->flow, of_payload);
}

/* Send until the socket is full, the budget is used or there is nothing to say. Return: 0 or a negative errno. */
static int output(struct ndt7_test *t)
{
	const struct http_blob *payload = &t->speedtest->payload;

	t->budget = EVENT_BUDGET_BYTES;
	while (t->budget > 0 && (t->out.len > 0 || t->payload_left > 0 || compose(t))) {
		char *from = (char *)payload->data + MESSAGE_AT + (t->message_bytes - t->payload_left);
		struct iovec pieces[] = {{t->out.data, t->out.len}, {from, t->payload_left}};
		ssize_t n = conn_sendv(t->conn, pieces, 2, is_sending(t));

		if (n < 0)
			return n == -EAGAIN ? 0 : (int)n;
		bool all = (size_t)n == t->out.len + t->payload_left;
		sent(t, (size_t)n);
		if (!all)
			break; /* the socket is full: asking again would cost a call */
	}
	return 0;
}

/* Nothing more is said than @code, if that was not said yet. */
static void end(struct ndt7_test *t, enum ndt7_end how, unsigned code)
{
	uint32_t linger_ms = elapsed_ms(t) + LINGER_MS;

	if (t->state == ENDING)
		return;
	t->end = how;
	if (t->close_code == 0)
		t->close_code = code;
	t->pong_due = t->measure_due = false;
	t->stop_ms = linger_ms < t->stop_ms ? linger_ms : t->stop_ms;
	move(t, ENDING);
}

static void violated(struct ndt7_test *t, unsigned code)
{
	static const struct {
		unsigned code;
		enum ndt7_end end;
	} ends[] = {
		{WS_CLOSE_UNACCEPTABLE, NDT7_UNACCEPTABLE},
		{WS_CLOSE_INVALID_TEXT, NDT7_INVALID_TEXT},
		{WS_CLOSE_TOO_BIG, NDT7_TOO_BIG},
		{WS_CLOSE_PROTOCOL_ERROR, NDT7_PROTOCOL_ERROR},
	};
	size_t i = 0;

	while (ends[i].code != code)
		i++;
	end(t, ends[i].end, code);
}

static void start_closing(struct ndt7_test *t, unsigned code)
{
	if (t->state != RUNNING)
		return;
	t->close_code = code;
	move(t, CLOSING);
}

static void received(struct ndt7_test *t, size_t len)
{
	ws_reader_skip(&t->in, len);
	t->bytes += len;
	flow_add(t->flow, len);
}

/* Binary payload begins, of which @len bytes are here already. Return: how many of them were taken. */
static size_t start_binary(struct ndt7_test *t, size_t len)
{
	uint64_t payload = ws_reader_binary_bytes(&t->in);

	if (t->direction == DOWNLOAD) {
		violated(t, WS_CLOSE_UNACCEPTABLE);
		return 0;
	}
	t->large = payload >= LARGE_BYTES;
	len = len < payload ? len : (size_t)payload;
	received(t, len);
	return len;
}

static void parse(struct ndt7_test *t, const uint8_t *bytes, size_t len)
{
	size_t used;

	for (size_t at = 0; at < len && t->state != ENDING; at += used) {
		switch (ws_reader_feed(&t->in, bytes + at, len - at, &used)) {
		case WS_BINARY:
			used += start_binary(t, len - at - used);
			break;
		case WS_PING:
			t->pong_due = true; /* to the latest, if there are several (RFC 6455, 5.5.3) */
			t->pong_len = t->in.control_len;
			memcpy(t->pong, t->in.control, t->in.control_len);
			break;
		case WS_CLOSE:
			end(t, NDT7_DONE, t->in.close_code);
			break;
		case WS_BAD:
			violated(t, t->in.close_code);
			break;
		case WS_MORE:
		case WS_PONG:
			break;
		}
	}
}

/* Return: bytes received, 0 at the end of the stream, or a negative errno. */
static ssize_t receive(struct ndt7_test *t)
{
	uint64_t binary = ws_reader_binary_bytes(&t->in);
	uint8_t bytes[LOOK_BYTES];
	ssize_t n;

	if (t->state == ENDING)
		return conn_discard(t->conn, SSIZE_MAX);
	if (binary > 0) {
		n = conn_discard(t->conn, binary);
		if (n > 0)
			received(t, (size_t)n);
		return n > 0 && (uint64_t)n < binary ? -EAGAIN : n; /* there was no more */
	}
	n = conn_recv(t->conn, bytes, t->large ? WS_HEADER_MAX_BYTES : sizeof(bytes));
	if (n > 0)
		parse(t, bytes, (size_t)n);
	return n;
}

/* Receive until there is no more for now, or the budget is used. Return: 0, or -EPIPE: the client has gone. */
static int input(struct ndt7_test *t)
{
	t->budget = EVENT_BUDGET_BYTES;
	while (t->budget > 0) {
		ssize_t n = receive(t);
		if (n <= 0)
			return n == -EAGAIN ? 0 : -EPIPE;
		t->budget -= n + RECEIVE_COST_BYTES;
	}
	return 0;
}

static void set_deadline(struct ndt7_test *t)
{
	uint32_t now_ms = elapsed_ms(t), next_ms = t->stop_ms;

	if (t->state == RUNNING)
		next_ms = t->measure_ms < RUN_MS ? t->measure_ms : RUN_MS;
	conn_deadline(t->conn, next_ms > now_ms ? next_ms - now_ms : 1);
}

/* Go on until there is something to wait for; @events: what the socket is ready for. */
static void step(struct ndt7_test *t, int events)
{
	int rc = events & UV_READABLE ? input(t) : 0;

	if (rc == 0)
		rc = output(t);
	if (rc < 0) {
		conn_close(t->conn);
		return;
	}
	bool is_flushed = t->out.len == 0 && t->payload_left == 0;
	if (t->state == ENDING && is_flushed && t->close_said && !t->shut) {
		conn_shutdown(t->conn); /* the server goes first (RFC 6455, 7.1.1) */
		t->shut = true;
	}
	conn_want(t->conn, UV_READABLE | (is_flushed && !is_sending(t) ? 0 : UV_WRITABLE));
	set_deadline(t);
}

static void begin(struct ndt7_test *t)
{
	struct sockaddr_storage server = {0};
	socklen_t len = sizeof(server);
	struct timespec now;
	int fd = conn_socket(t->conn);

	if (getsockname(fd, (struct sockaddr *)&server, &len) == 0)
		addr_from_sockaddr(&server, &t->server);
	/* Between two ends of one machine there is no path to be found out, only its timers. */
	if (!addr_is_loopback(&t->client) && tcp_set_congestion(fd, "bbr") < 0)
		log_debug("ndt7: no BBR");
	(void)clock_gettime(CLOCK_REALTIME, &now);
	ndt7_time((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000, t->start_time);
	t->start_us = uv_hrtime() / 1000;
	t->measure_ms = random_pause_ms();
	t->stop_ms = STOP_MS;
	move(t, RUNNING);
}

static void on_ready(struct conn *conn, int events)
{
	struct ndt7_test *t = conn->data;

	if (t->state == STARTING) {
		t->conn = conn;
		begin(t);
	}
	step(t, events);
}

static void on_timeout(struct conn *conn)
{
	struct ndt7_test *t = conn->data;
	uint32_t now_ms = elapsed_ms(t);

	if (now_ms >= t->stop_ms) {
		if (t->state != ENDING)
			t->end = NDT7_LATE;
		conn_close(conn);
		return;
	}
	if (t->state == RUNNING) {
		t->measure_due = true;
		t->measure_ms = RUN_MS; /* not before this one is said */
		if (now_ms >= RUN_MS)
			start_closing(t, WS_CLOSE_NORMAL);
	}
	step(t, 0);
}

static void on_stop(struct conn *conn)
{
	struct ndt7_test *t = conn->data;

	start_closing(t, WS_CLOSE_GOING_AWAY);
	step(t, 0);
}

static void free_test(struct ndt7_test *t)
{
	gate_leave(t->speedtest->gate, t->flow);
	buf_done(&t->out);
	free(t);
}

static void on_closed(struct conn *conn)
{
	struct ndt7_test *t = conn->data;

	atomic_fetch_add_explicit(&t->speedtest->ndt7.ended[t->direction][t->end], 1, memory_order_relaxed);
	free_test(t);
}

int ndt7_test_start(struct http_request *r, const char *headers, struct speedtest *s, struct flow *flow,
                    enum direction d)
{
	static const struct conn_ops ops = {on_ready, on_timeout, on_closed, on_stop};
	struct ndt7_test *t = mem_new(sizeof(*t));
	uint64_t random[2] = {0};

	t->speedtest = s;
	t->flow = flow;
	t->direction = d;
	t->end = NDT7_LOST;
	t->client = r->client;
	t->message_bytes = NDT7_MESSAGE_MIN_BYTES;
	buf_init(&t->out, OUT_MAX_BYTES);
	ws_reader_init(&t->in, true, MESSAGE_MAX_BYTES);
	(void)uv_random(NULL, NULL, random, sizeof(random), 0, NULL); /* in a sandbox, it is getrandom(2) */
	(void)snprintf(t->uuid, sizeof(t->uuid), "%016" PRIx64 "%016" PRIx64, random[0], random[1]);

	char *lines = mem_printf("Upgrade: websocket\r\nConnection: Upgrade\r\n%s", headers);
	int rc = http_upgrade(r, lines, &ops, t);
	free(lines);
	if (rc < 0)
		free_test(t);
	return rc;
}
