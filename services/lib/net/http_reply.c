/* SPDX-License-Identifier: MIT */
#include "net/http_reply.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} known[] = {
		{101, "Switching Protocols"},
		{200, "OK"},
		{201, "Created"},
		{204, "No Content"},
		{304, "Not Modified"},
		{400, "Bad Request"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{405, "Method Not Allowed"},
		{408, "Request Timeout"},
		{413, "Content Too Large"},
		{414, "URI Too Long"},
		{417, "Expectation Failed"},
		{426, "Upgrade Required"},
		{429, "Too Many Requests"},
		{431, "Request Header Fields Too Large"},
		{500, "Internal Server Error"},
		{501, "Not Implemented"},
		{503, "Service Unavailable"},
		{505, "HTTP Version Not Supported"},
		{507, "Insufficient Storage"},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (status == known[i].status)
			return known[i].reason;
	return "";
}

void http_date(int64_t unix_seconds, char ret[HTTP_DATE_MAX])
{
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct tm tm;
	time_t t = unix_seconds;

	/* Not strftime(): the names must not follow the locale. */
	(void)gmtime_r(&t, &tm);
	(void)snprintf(ret, HTTP_DATE_MAX, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
	               tm.tm_mday, months[tm.tm_mon], (tm.tm_year + 1900) % 10000, tm.tm_hour,
	               tm.tm_min, tm.tm_sec);
}

int http_reply_write(struct buf *out, const struct http_reply *reply,
                     const struct http_reply_context *context)
{
	uint64_t length = reply->blob != NULL ? reply->blob_bytes : reply->body_bytes;
	bool bodiless = reply->status < 200 || reply->status == 204 || reply->status == 304; /* RFC 9110, 8.6 */
	int rc = buf_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", reply->status,
	                    http_reason(reply->status), context->date);

	if (rc == 0 && !bodiless)
		rc = buf_printf(out, "Content-Length: %" PRIu64 "\r\n", length);
	if (rc == 0 && reply->type != NULL)
		rc = buf_printf(out, "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n", reply->type);
	if (rc == 0 && reply->headers != NULL)
		rc = buf_add(out, reply->headers, strlen(reply->headers));
	if (rc == 0 && context->last && reply->status >= 200)
		rc = buf_printf(out, "Connection: close\r\n");
	if (rc == 0)
		rc = buf_add(out, "\r\n", 2);
	if (rc == 0 && !context->head_only && !bodiless)
		rc = buf_add(out, reply->body, reply->body_bytes);
	return rc;
}
