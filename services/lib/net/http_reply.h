/* The head of a reply as bytes (RFC 9112, section 4). Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_REPLY_H
#define FONTAINE_NET_HTTP_REPLY_H

#include "net/http.h"

/** "Not Found" for 404; "" for a status that we never send. */
const char *http_reason(int status);

/** "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7). */
enum { HTTP_DATE_MAX = 32 };
void http_date(int64_t unix_seconds, char ret[HTTP_DATE_MAX]);

struct http_reply_context {
	const char *date;
	bool head_only; /* the request was HEAD */
	bool last;      /* the connection closes after it */
};

/**
 * Append status line, header lines and the copied body to @out.
 * Return: 0, or -ENOBUFS past @out's limit.
 */
int http_reply_write(struct buf *out, const struct http_reply *reply,
                     const struct http_reply_context *context);

#endif
