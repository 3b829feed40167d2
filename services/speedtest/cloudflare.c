/* SPDX-License-Identifier: MIT */
#include "speedtest/cloudflare.h"

#include "net/reply.h"
#include "speedtest/bulk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define DOWN_MAX_BYTES UINT64_C(1000000000)

/*
 * The client takes the server's own time off its latencies. Ours is none that the
 * header could say: a reply leaves in the turn of the loop that its request came in.
 */
#define TIMING "Server-Timing: cfRequestDuration;dur=0\r\nAccess-Control-Expose-Headers: Server-Timing\r\n"

/* What ?bytes= says; 0, a latency request, without one. Return: 0 or -EINVAL. */
static int wanted_bytes(const struct http_request *r, uint64_t *ret)
{
	char text[24];
	int rc = http_request_query(r, "bytes", text, sizeof(text));

	*ret = 0;
	if (rc == -ENOENT)
		return 0;
	if (rc < 0 || *text == '\0' || text[strspn(text, "0123456789")] != '\0')
		return -EINVAL;
	*ret = strtoull(text, NULL, 10);
	return *ret <= DOWN_MAX_BYTES ? 0 : -EINVAL;
}

static void on_down(struct http_request *r, void *data)
{
	uint64_t bytes;

	if (wanted_bytes(r, &bytes) == 0)
		bulk_download(r, data, bytes, TIMING);
	else
		http_reply_status(r, 400);
}

static void on_up(struct http_request *r, void *data)
{
	(void)data;
	if (r->method == HTTP_METHOD_OPTIONS)
		reply_empty(r);
	else
		http_reply(r, &(struct http_reply){.status = 200, .headers = REPLY_HEADERS TIMING});
}

const struct http_route cloudflare_routes[] = {
	{.path = "/__down", .methods = HTTP_METHOD_GET, BULK_DOWNLOAD, .on_request = on_down},
	{.path = "/__up", .methods = HTTP_METHOD_POST | HTTP_METHOD_OPTIONS, BULK_UPLOAD, .on_request = on_up},
	{.path = NULL},
};
