/* SPDX-License-Identifier: MIT */
#include "speedtest/ndt7.h"

#include "base/metrics.h"
#include "base/name.h"
#include "net/reply.h"
#include "net/ws_handshake.h"
#include "speedtest/bulk.h"
#include "speedtest/ndt7_locate.h"
#include "speedtest/ndt7_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUERY_MAX_BYTES = 4096 };

#define PROTOCOL "net.measurementlab.ndt.v7"

static void refuse(struct http_request *r, int status, const char *headers)
{
	static const char text[] = "ndt7 is a WebSocket with the subprotocol " PROTOCOL
				   " and a query of at most 4096 bytes.\n";

	http_reply(r, &(struct http_reply){.status = status,
	                                   .type = "text/plain",
	                                   .headers = headers,
	                                   .body = text,
	                                   .body_bytes = sizeof(text) - 1});
}

static void start(struct http_request *r, struct speedtest *s, enum direction d)
{
	char headers[WS_HEADERS_MAX] = "";
	int status = strlen(r->query) > QUERY_MAX_BYTES ? 400 : ws_handshake(r, PROTOCOL, headers);

	if (status != 0) {
		refuse(r, status, headers);
		return;
	}
	struct flow *flow = bulk_enter(r, s, d);
	if (flow != NULL && ndt7_test_start(r, headers, s, flow, d) < 0)
		http_reply_status(r, 503); /* we are about to stop */
}

static void on_download(struct http_request *r, void *data)
{
	start(r, data, DOWNLOAD);
}

static void on_upload(struct http_request *r, void *data)
{
	start(r, data, UPLOAD);
}

/* By the name that the client knows us by. */
static void on_nearest(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	const char *authority = http_request_header(r, "Host");
	char host[NAME_HOST_MAX];
	uint16_t port;

	if (authority == NULL || name_split_authority(authority, host, &port) < 0) {
		http_reply_status(r, 400);
		return;
	}
	char *json = ndt7_locate_json(s->pop, host);
	reply_json(r, json, strlen(json));
	free(json);
}

void ndt7_metrics(const struct ndt7_counters *c, struct buf *text)
{
	static const char *const directions[DIRECTIONS] = {[DOWNLOAD] = "download", [UPLOAD] = "upload"};
	static const char *const ends[NDT7_ENDS] = {
		[NDT7_DONE] = "done",
		[NDT7_LOST] = "lost",
		[NDT7_LATE] = "late",
		[NDT7_PROTOCOL_ERROR] = "protocol_error",
		[NDT7_UNACCEPTABLE] = "unacceptable",
		[NDT7_INVALID_TEXT] = "invalid_text",
		[NDT7_TOO_BIG] = "too_big",
	};
	char labels[64];

	metrics_family(text, "speedtestd_ndt7_tests_total", METRICS_COUNTER,
	               "ndt7 tests that ended: with close frames both ways, with a client that was lost or "
	               "too late, or with a violation of the protocol.");
	for (int i = 0; i < DIRECTIONS * NDT7_ENDS; i++) {
		int d = i / NDT7_ENDS, e = i % NDT7_ENDS;
		(void)snprintf(labels, sizeof(labels), "direction=\"%s\",end=\"%s\"", directions[d], ends[e]);
		metrics_u64(text, "speedtestd_ndt7_tests_total", labels, c->ended[d][e]);
	}
}

const struct http_route ndt7_routes[] = {
	{.path = "/ndt/v7/download", .methods = HTTP_METHOD_GET, .on_request = on_download},
	{.path = "/ndt/v7/upload", .methods = HTTP_METHOD_GET, .on_request = on_upload},
	{.path = "/v2/nearest/ndt/ndt7", .methods = HTTP_METHOD_GET, .on_request = on_nearest},
	{.path = NULL},
};
