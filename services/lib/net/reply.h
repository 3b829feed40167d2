/* Replies that a page of any origin may read, with exact times, and that nobody keeps. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_REPLY_H
#define FONTAINE_NET_REPLY_H

#include "base/language.h"
#include "net/http.h"

/** CORS (Fetch, 3.3) and Resource Timing (4.5.1), for all. */
#define REPLY_HEADERS \
	"Cache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\nTiming-Allow-Origin: *\r\n"

/** 200 with @len bytes of JSON (copied). */
void reply_json(struct http_request *r, const char *body, size_t len);

/** 200 and no body; to OPTIONS, what a page of another origin may send (Fetch, CORS preflight). */
void reply_empty(struct http_request *r);

/** The language that ?lang= asks for, else the one that the visitor's browser likes most, else @otherwise. */
enum language reply_language(const struct http_request *r, enum language otherwise);

#endif
