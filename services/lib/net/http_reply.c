/* SPDX-License-Identifier: MIT */
#include "net/http_reply.h"

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

static int add_text(struct buf *out, const char *text)
{
	return buf_add(out, text, strlen(text));
}

static int add_number(struct buf *out, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	return buf_add(out, digits + at, sizeof(digits) - at);
}

/* Piece by piece: printf() would be a good part of what a small reply costs. */
static int add_head(struct buf *out, const struct http_reply *reply, const struct http_reply_context *context,
                    bool bodiless)
{
	uint64_t length = reply->blob != NULL ? reply->blob_bytes : reply->body_bytes;
	int rc = add_text(out, "HTTP/1.1 ");

	rc = rc < 0 ? rc : add_number(out, (uint64_t)reply->status);
	rc = rc < 0 ? rc : add_text(out, " ");
	rc = rc < 0 ? rc : add_text(out, http_reason(reply->status));
	rc = rc < 0 ? rc : add_text(out, "\r\nDate: ");
	rc = rc < 0 ? rc : add_text(out, context->date);
	if (rc == 0 && !bodiless) {
		rc = add_text(out, "\r\nContent-Length: ");
		rc = rc < 0 ? rc : add_number(out, length);
	}
	if (rc == 0 && reply->type != NULL) {
		rc = add_text(out, "\r\nContent-Type: ");
		rc = rc < 0 ? rc : add_text(out, reply->type);
		rc = rc < 0 ? rc : add_text(out, "\r\nX-Content-Type-Options: nosniff");
	}
	rc = rc < 0 ? rc : add_text(out, "\r\n");
	if (rc == 0 && reply->headers != NULL)
		rc = add_text(out, reply->headers);
	if (rc == 0 && context->last && reply->status >= 200)
		rc = add_text(out, "Connection: close\r\n");
	return rc < 0 ? rc : add_text(out, "\r\n");
}

int http_reply_write(struct buf *out, const struct http_reply *reply,
                     const struct http_reply_context *context)
{
	bool bodiless = reply->status < 200 || reply->status == 204 || reply->status == 304; /* RFC 9110, 8.6 */
	int rc = add_head(out, reply, context, bodiless);

	if (rc == 0 && !context->head_only && !bodiless)
		rc = buf_add(out, reply->body, reply->body_bytes);
	return rc;
}
