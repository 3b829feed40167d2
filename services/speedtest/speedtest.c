/* SPDX-License-Identifier: MIT */
#include "speedtest/speedtest.h"

#include "net/http_daemon.h"
#include "net/reply.h"
#include "speedtest/gate.h"
#include "speedtest/results.h"

#include <inttypes.h>
#include <stdio.h>

enum { READING_MAX_BYTES = 512 };

/* Times in milliseconds; what counts on grows as long as the test runs. */
static int write_reading(char *ret, size_t size, const struct gate_reading *g)
{
	const struct tcp_stats *t = &g->tcp;

	return snprintf(ret, size,
	                "{\"bytes\":%" PRIu64 ",\"ms\":%" PRIu64 ",\"tcp\":{\"busy_ms\":%" PRIu64
	                ",\"rwnd_limited_ms\":%" PRIu64 ",\"sndbuf_limited_ms\":%" PRIu64
	                ",\"min_rtt_ms\":%.3f,\"rtt_ms\":%.3f,\"sent_bytes\":%" PRIu64
	                ",\"retransmitted_bytes\":%" PRIu64 "}}",
	                g->uploaded_bytes, uv_hrtime() / 1000000, t->busy_us / 1000, t->rwnd_limited_us / 1000,
	                t->sndbuf_limited_us / 1000, t->min_rtt_us / 1e3, t->rtt_us / 1e3, t->bytes_sent,
	                t->bytes_retrans);
}

static void on_received(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	char test[TEST_ID_DIGITS + 1], body[READING_MAX_BYTES];
	struct gate_reading reading;

	if (http_request_query(r, "test", test, sizeof(test)) < 0) {
		http_reply_status(r, 400);
		return;
	}
	if (gate_read(s->gate, test, &reading) < 0) {
		http_reply_status(r, 404);
		return;
	}
	int n = write_reading(body, sizeof(body), &reading);
	reply_json(r, body, (size_t)n);
}

static void add_metrics(const void *data, struct buf *b)
{
	const struct speedtest *s = data;

	gate_metrics(s->gate, b);
	results_metrics(s->results, b);
	ndt7_metrics(&s->ndt7, b);
	turn_metrics(&s->turn, b);
}

static void on_metrics(struct http_request *r, void *data)
{
	const struct speedtest *s = data;

	http_daemon_metrics(s->daemon, r, add_metrics, s);
}

const struct http_route speedtest_routes[] = {
	{.path = "/received", .methods = HTTP_METHOD_GET, .on_request = on_received},
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};
