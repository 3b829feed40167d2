/* Heads of HTTP/2 (RFC 9113, section 8.3): fields into a request, a reply into fields. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_H2_HEAD_H
#define FONTAINE_NET_H2_HEAD_H

#include "net/http_request.h"

#include <nghttp2/nghttp2.h>

/** The head of a request in the making. All fields are private to h2_head.c. */
struct h2_head {
	struct http_request *request;
	struct buf text;                         /* names and values, each NUL-terminated */
	size_t path_at, method_at, authority_at; /* in text, one more; 0: none came */
	int status;
};

/** Fill @r (zeroed, borrowed), which lives on the head's memory until h2_head_done(). */
void h2_head_init(struct h2_head *h, struct http_request *r);
void h2_head_done(struct h2_head *h);

/**
 * The next field, as HPACK says it and nghttp2 has checked it.
 * Return: false when the head has become too large and this field is not kept.
 */
bool h2_head_add(struct h2_head *h, const char *name, size_t name_len, const char *value, size_t value_len);

/** All fields are there; @has_body: the stream goes on. Return: 0, or the status to refuse with. */
int h2_head_finish(struct h2_head *h, bool has_body);

enum { H2_FIELDS_MAX = 64 };

/**
 * Make fields of the head of a reply as http_reply_write() wrote it. They borrow @text,
 * whose names become lower case. Return: how many; *ret_body is what follows the head.
 */
size_t h2_head_reply(char *text, nghttp2_nv ret[H2_FIELDS_MAX], const char **ret_body);

#endif
