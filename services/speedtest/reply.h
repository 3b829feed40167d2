/* Replies that every part of the speed test's server gives. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_REPLY_H
#define FONTAINE_SPEEDTEST_REPLY_H

#include "net/http.h"

/** Another POP's page may measure here, with exact times (Resource Timing, 4.5.1), and nothing is kept. */
#define REPLY_HEADERS \
	"Cache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\nTiming-Allow-Origin: *\r\n"

/** 200 with @len bytes of JSON (copied). */
void reply_json(struct http_request *r, const char *body, size_t len);

/** 200 and no body; to OPTIONS, what a page of another origin may send (Fetch, CORS preflight). */
void reply_empty(struct http_request *r);

#endif
