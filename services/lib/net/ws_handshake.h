/* The opening handshake of a WebSocket, as the server sees it (RFC 6455, 4.2). Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_WS_HANDSHAKE_H
#define FONTAINE_NET_WS_HANDSHAKE_H

#include "net/http_request.h"

enum {
	WS_ACCEPT_MAX = 29,   /* 20 bytes in base64, and a NUL */
	WS_HEADERS_MAX = 160, /* header lines of a reply */
};

/**
 * What Sec-WebSocket-Accept answers to a Sec-WebSocket-Key.
 * Return: 0, or -EINVAL when @key is not 16 bytes in base64.
 */
int ws_accept(const char *key, char ret[WS_ACCEPT_MAX]);

/**
 * Whether @r asks for a WebSocket that speaks @protocol (a short name), and what to answer.
 * Return: 0 with the header lines of the 101, or 400; or 426 with the line that belongs to that.
 */
int ws_handshake(const struct http_request *r, const char *protocol, char ret[WS_HEADERS_MAX]);

#endif
