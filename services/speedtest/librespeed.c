/* SPDX-License-Identifier: MIT */
#include "speedtest/librespeed.h"

#include "net/reply.h"
#include "speedtest/bulk.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	CHUNK_BYTES = 1024 * 1024, /* the unit of ckSize */
	CHUNKS_DEFAULT = 4,
	CHUNKS_MAX = 1024,
};

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
	bulk_download(r, data, n_chunks(r) * CHUNK_BYTES, NULL);
}

static void on_empty(struct http_request *r, void *data)
{
	(void)data;
	reply_empty(r);
}

static void on_ip(struct http_request *r, void *data)
{
	char address[ADDR_TEXT_MAX], body[ADDR_TEXT_MAX + 64];
	(void)data;

	int n = snprintf(body, sizeof(body), "{\"processedString\":\"%s\",\"rawIspInfo\":\"\"}",
	                 addr_text(&r->client, address));
	reply_json(r, body, (size_t)n);
}

/* Clients use each path at the root or below backend/, with or without .php. */
#define LIBRESPEED(name, ...) \
	{.path = "/" name, __VA_ARGS__}, {.path = "/" name ".php", __VA_ARGS__}, \
	    {.path = "/backend/" name, __VA_ARGS__}, \
	{ \
		.path = "/backend/" name ".php", __VA_ARGS__ \
	}

const struct http_route librespeed_routes[] = {
	LIBRESPEED("garbage", .methods = HTTP_METHOD_GET, BULK_DOWNLOAD, .on_request = on_garbage),
	LIBRESPEED("empty", .methods = HTTP_METHOD_GET | HTTP_METHOD_POST | HTTP_METHOD_OPTIONS,
                   BULK_UPLOAD, .on_request = on_empty),
	LIBRESPEED("getIP", .methods = HTTP_METHOD_GET, .on_request = on_ip),
	{.path = NULL},
};
