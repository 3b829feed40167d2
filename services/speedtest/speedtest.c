/* SPDX-License-Identifier: MIT */
#include "speedtest/speedtest.h"

#include "base/metrics.h"
#include "net/http_metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CHUNK_BYTES = 1024 * 1024, /* the unit of ckSize */
	CHUNKS_DEFAULT = 4,
	CHUNKS_MAX = 1024,
	METRICS_MAX_BYTES = 64 * 1024,
};

#define UPLOAD_MAX_BYTES (UINT64_C(64) << 30)

/* Another POP's page may measure here, with exact times (Resource Timing, 4.5.1). */
#define CORS     "Access-Control-Allow-Origin: *\r\nTiming-Allow-Origin: *\r\n"
#define UNCACHED "Cache-Control: no-store\r\n"

static uint64_t now_ms(void)
{
	return uv_hrtime() / 1000000;
}

static uint64_t n_chunks(const struct http_request *r)
{
	char text[16], *end;

	if (http_request_query(r, "ckSize", text, sizeof(text)) < 0)
		return CHUNKS_DEFAULT;
	long n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || n <= 0)
		return CHUNKS_DEFAULT;
	return n < CHUNKS_MAX ? (uint64_t)n : CHUNKS_MAX;
}

static void on_garbage(struct http_request *r, void *data)
{
	const struct speedtest *s = data;

	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "application/octet-stream",
	                                   .headers = UNCACHED CORS,
	                                   .blob = &s->payload,
	                                   .blob_bytes = n_chunks(r) * CHUNK_BYTES});
}

/* Of an upload with a name, count what arrives; the request's data is the count. */
static int on_upload_head(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	char id[TALLY_ID_DIGITS + 1];

	if (r->method == HTTP_METHOD_POST && http_request_query(r, "test", id, sizeof(id)) == 0)
		r->data = tally_get(s->uploads, id, now_ms());
	return 0;
}

static void on_upload_body(struct http_request *r, size_t len)
{
	if (r->data != NULL)
		tally_add(r->data, len);
}

static void on_preflight(struct http_request *r)
{
	http_reply(r, &(struct http_reply){
			      .status = 204,
			      .headers = CORS "Access-Control-Allow-Methods: GET, POST\r\n"
					      "Access-Control-Allow-Headers: Content-Encoding, Content-Type\r\n"
					      "Access-Control-Max-Age: 86400\r\n"});
}

static void on_upload_done(struct http_request *r, void *data)
{
	const struct speedtest *s = data;

	if (r->data != NULL)
		tally_put(s->uploads, r->data, now_ms());
}

/* The reply to an upload comes after its last byte, or the client would see a speed that was none. */
static void on_empty(struct http_request *r, void *data)
{
	(void)data;
	if (r->method == HTTP_METHOD_OPTIONS)
		on_preflight(r);
	else
		http_reply(r, &(struct http_reply){.status = 200, .headers = UNCACHED CORS});
}

static void reply_json(struct http_request *r, const char *body, int len)
{
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "application/json",
	                                   .headers = UNCACHED CORS,
	                                   .body = body,
	                                   .body_bytes = (size_t)len});
}

static void on_received(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	char id[TALLY_ID_DIGITS + 1], body[64];
	uint64_t bytes;

	if (http_request_query(r, "test", id, sizeof(id)) < 0) {
		http_reply_status(r, 400);
		return;
	}
	if (tally_read(s->uploads, id, &bytes) < 0) {
		http_reply_status(r, 404);
		return;
	}
	int n = snprintf(body, sizeof(body), "{\"bytes\":%" PRIu64 ",\"ms\":%" PRIu64 "}", bytes, now_ms());
	reply_json(r, body, n);
}

static void on_ip(struct http_request *r, void *data)
{
	char address[ADDR_TEXT_MAX], body[ADDR_TEXT_MAX + 64];
	(void)data;

	int n = snprintf(body, sizeof(body), "{\"processedString\":\"%s\",\"rawIspInfo\":\"\"}",
	                 addr_text(&r->client, address));
	reply_json(r, body, n);
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
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "text/plain; version=0.0.4",
	                                   .body = text.data,
	                                   .body_bytes = text.len});
	buf_done(&text);
}

/* Clients use each path at the root or below backend/, with or without .php. */
#define LIBRESPEED(name, ...) \
	{.path = "/" name, __VA_ARGS__}, {.path = "/" name ".php", __VA_ARGS__}, \
	    {.path = "/backend/" name, __VA_ARGS__}, \
	{ \
		.path = "/backend/" name ".php", __VA_ARGS__ \
	}

const struct http_route speedtest_routes[] = {
	LIBRESPEED("garbage", .methods = HTTP_METHOD_GET, .on_request = on_garbage),
	LIBRESPEED("empty", .methods = HTTP_METHOD_GET | HTTP_METHOD_POST | HTTP_METHOD_OPTIONS,
                   .body = HTTP_BODY_COUNT, .max_body_bytes = UPLOAD_MAX_BYTES,
                   .on_head = on_upload_head, .on_body = on_upload_body, .on_request = on_empty,
                   .on_done = on_upload_done),
	LIBRESPEED("getIP", .methods = HTTP_METHOD_GET, .on_request = on_ip),
	{.path = "/received", .methods = HTTP_METHOD_GET, .on_request = on_received},
	{.path = "/metrics", .methods = HTTP_METHOD_GET, .on_request = on_metrics},
	{.path = NULL},
};
