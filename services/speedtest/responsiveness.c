/* SPDX-License-Identifier: MIT */
#include "speedtest/responsiveness.h"

#include "base/mem.h"
#include "base/name.h"
#include "base/pop.h"
#include "net/reply.h"
#include "speedtest/bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL  "/rpm/small"
#define LARGE  "/rpm/large"
#define UPLOAD "/rpm/upload"

#define LARGE_BYTES (UINT64_C(64) << 30) /* at least 8 GB, so that no network comes to its end */

char *responsiveness_json(const char *host, uint16_t port)
{
	char *base = mem_printf("https://%s:%u", host, port);
	char *text = mem_printf("{\"version\":1,\"urls\":{"
	                        "\"small_download_url\":\"%s" SMALL "\",\"small_https_download_url\":\"%s" SMALL "\","
	                        "\"large_download_url\":\"%s" LARGE "\",\"large_https_download_url\":\"%s" LARGE "\","
	                        "\"upload_url\":\"%s" UPLOAD "\",\"https_upload_url\":\"%s" UPLOAD "\"}}",
	                        base, base, base, base, base, base);

	free(base);
	return text;
}

/* At the name that the client used, or else at the POP's own; always over HTTP/2. */
static void on_configuration(struct http_request *r, void *data)
{
	const struct speedtest *s = data;
	const char *authority = http_request_header(r, "Host");
	char host[NAME_HOST_MAX];
	uint16_t port;

	if (authority == NULL || name_split_authority(authority, host, &port) < 0)
		(void)snprintf(host, sizeof(host), "speedtest.%s", s->pop->site->domain);
	char *text = responsiveness_json(host, s->pop->services->speedtest->rpm_port);
	reply_json(r, text, strlen(text));
	free(text);
}

static void on_small(struct http_request *r, void *data)
{
	bulk_download(r, data, 1, NULL);
}

static void on_large(struct http_request *r, void *data)
{
	bulk_download(r, data, LARGE_BYTES, NULL);
}

static void on_upload(struct http_request *r, void *data)
{
	(void)data;
	reply_empty(r);
}

const struct http_route responsiveness_routes[] = {
	{.path = "/.well-known/nq", .methods = HTTP_METHOD_GET, .on_request = on_configuration},
	{.path = SMALL, .methods = HTTP_METHOD_GET, BULK_DOWNLOAD, .on_request = on_small},
	{.path = LARGE, .methods = HTTP_METHOD_GET, BULK_DOWNLOAD, .on_request = on_large},
	{.path = UPLOAD, .methods = HTTP_METHOD_POST | HTTP_METHOD_OPTIONS, BULK_UPLOAD, .on_request = on_upload},
	{.path = NULL},
};
