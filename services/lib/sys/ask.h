/* What another program of this machine says of itself: one question by a socket. Blocks. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SYS_ASK_H
#define FONTAINE_SYS_ASK_H

#include "base/addr.h"
#include "base/buf.h"

#include <stdbool.h>

/** One of socket and to is set; all is borrowed. */
struct ask {
	const char *socket;    /* path of a Unix socket */
	const struct addr *to; /* of TCP, asked from the loopback address */
	const char *question;
	/** Whether the text is all of the answer; NULL: its end tells. */
	bool (*is_whole)(const char *text);
};

/** Append the answer to @answer. Return: 0, -ETIMEDOUT after @limit_ms, -EPROTO: it ends too early; or another. */
int ask(const struct ask *a, unsigned limit_ms, struct buf *answer);

/** An HTTP request for @path (a literal), and the body of the answer @text to it: NULL when that is no 200. */
#define ASK_HTTP(path) \
	"GET " path " HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 127.0.0.1\r\nConnection: close\r\n\r\n"
const char *ask_http_body(const char *text);

#endif
