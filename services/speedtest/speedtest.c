/* SPDX-License-Identifier: MIT */
#include "speedtest/speedtest.h"

#include "base/metrics.h"
#include "net/http_metrics.h"
#include "speedtest/gate.h"
#include "speedtest/reply.h"
#include "speedtest/results.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	METRICS_MAX_BYTES = 64 * 1024,
	READING_MAX_BYTES = 512,
};

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

/* For this machine only: the listener is public, and the figures are the operator's. */
static void on_metrics(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	struct buf text;

	if (!addr_is_loopback(&r->client)) {
		http_reply_status(r, 404);
		return;
	}
	buf_init(&text, METRICS_MAX_BYTES);
	metrics_family(&text, "speedtestd_build_info", METRICS_GAUGE, "The version that runs.");
	metrics_u64(&text, "speedtestd_build_info", "version=\"" FONTAINE_VERSION "\"", 1);
	http_metrics_write(&text, "speedtestd", s->counters, s->n_workers);
	gate_metrics(s->gate, &text);
	results_metrics(s->results, &text);
	ndt7_metrics(&s->ndt7, &text);
	turn_metrics(&s->turn, &text);
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "text/plain; version=0.0.4",
	                                   .body = text.data,
	                                   .body_bytes = text.len});
	buf_done(&text);
}

const struct http_route speedtest_routes[] = {
	{.path = "/received", .methods = HTTP_METHOD_GET, .on_request = on_received},
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};
