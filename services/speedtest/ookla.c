/* SPDX-License-Identifier: MIT */
#include "speedtest/ookla.h"

#include "net/reply.h"
#include "speedtest/bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void reply_line(struct http_request *r, const char *line, int len)
{
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "text/plain",
	                                   .headers = REPLY_HEADERS,
	                                   .body = line,
	                                   .body_bytes = (size_t)len});
}

static void on_latency(struct http_request *r, void *data)
{
	static const char line[] = "test=test\n";
	(void)data;

	reply_line(r, line, sizeof(line) - 1);
}

/* A picture of N times N pixels is as large as that of a stock server: about two bytes a pixel. */
static void on_picture(struct http_request *r, void *data)
{
	static const unsigned sizes[] = {350, 500, 750, 1000, 1500, 2000, 2500, 3000, 3500, 4000};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char path[48];
		(void)snprintf(path, sizeof(path), "/speedtest/random%ux%u.jpg", sizes[i], sizes[i]);
		if (strcmp(r->path, path) == 0) {
			bulk_download(r, data, UINT64_C(2) * sizes[i] * sizes[i], NULL);
			return;
		}
	}
	http_reply_status(r, 404);
}

/* A GET tells the client that this is the upload script of a test server, by a size. */
static void on_upload(struct http_request *r, void *data)
{
	char line[32];
	(void)data;

	if (r->method == HTTP_METHOD_OPTIONS) {
		reply_empty(r);
		return;
	}
	uint64_t size = r->method == HTTP_METHOD_POST ? r->body_bytes : 500;
	reply_line(r, line, snprintf(line, sizeof(line), "size=%" PRIu64 "\n", size));
}

const struct http_route ookla_routes[] = {
	{.path = "/speedtest/latency.txt", .methods = HTTP_METHOD_GET, .on_request = on_latency},
	{.path = "/speedtest/random*", .methods = HTTP_METHOD_GET, BULK_DOWNLOAD, .on_request = on_picture},
	{.path = "/speedtest/upload.php",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST | HTTP_METHOD_OPTIONS,
         BULK_UPLOAD,
         .on_request = on_upload},
	{.path = NULL},
};
