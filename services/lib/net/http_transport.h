/*
 * What is the same for every transport of HTTP, and what each does in its own way.
 * A transport reads the head of a request, has it admitted, reads its body, has it
 * handled, and says when it has ended.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_TRANSPORT_H
#define FONTAINE_NET_HTTP_TRANSPORT_H

#include "net/http.h"
#include "net/http_conn.h"

struct http_transport {
	void (*reply)(struct http_request *r, const struct http_reply *reply);
	struct conn *(*conn)(const struct http_request *r);
	/** NULL: there is no upgrade. */
	int (*upgrade)(struct http_request *r, const char *headers, const struct conn_ops *ops, void *data);
};

/**
 * The head is complete: charge the client, find the route, ask its on_head.
 * Return: true to go on; false: it is refused and replied to, and a body will not be read.
 */
bool http_admit(struct http_server *s, struct http_request *r);

/** The body is complete, or there is none: have @r replied to, now or later. */
void http_handle(struct http_server *s, struct http_request *r);

/** @len more bytes of the body arrived, or of the reply's blob went out: count them and tell the route. */
void http_received(struct http_server *s, struct http_request *r, size_t len);
void http_sent(struct http_server *s, struct http_request *r, size_t len);

/** As http_received(), for a body that comes in pieces: keep them if the route wants that. Return: 0, or 413. */
int http_received_piece(struct http_server *s, struct http_request *r, const char *piece, size_t len);

/** The request has ended, whatever became of it: tell its route. */
void http_ended(struct http_server *s, struct http_request *r);

#endif
