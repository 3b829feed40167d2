/* SPDX-License-Identifier: MIT */
#include "speedtest/openspeedtest.h"

#include "net/reply.h"
#include "speedtest/bulk.h"

enum { DOWNLOAD_BYTES = 30 * 1024 * 1024 }; /* of a stock server; the client asks again until its time is up */

static void on_downloading(struct http_request *r, void *data)
{
	bulk_download(r, data, DOWNLOAD_BYTES, NULL);
}

/* An upload, or by GET or HEAD the client's ping. */
static void on_upload(struct http_request *r, void *data)
{
	(void)data;
	reply_empty(r);
}

const struct http_route openspeedtest_routes[] = {
	{.path = "/downloading", .methods = HTTP_METHOD_GET, BULK_DOWNLOAD, .on_request = on_downloading},
	{.path = "/upload",
         .methods = HTTP_METHOD_GET | HTTP_METHOD_POST | HTTP_METHOD_OPTIONS,
         BULK_UPLOAD,
         .on_request = on_upload},
	{.path = NULL},
};
