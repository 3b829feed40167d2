/*
 * Short requests to other HTTP servers, and mail to an SMTP server, many at once, on the loop: nobody waits for a name
 * look-up, a handshake or a slow server. TLS by whom the system trusts; redirections are not followed.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_WEB_CLIENT_H
#define FONTAINE_NET_WEB_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct web_client; /* opaque; ends with web_client_close() */

/** What came of a request; texts are borrowed for the call. */
struct web_answer {
	int status;      /* of HTTP; 0: there is no whole reply, and why says so. Of mail: of the last reply */
	const char *why; /* for people */
	const char *body;
	size_t body_bytes;
};

/** A message to hand to a mail server (RFC 5321). */
struct web_mail {
	const char *from, *to;
	/** "user:password": only by TLS, to a server that is trusted. NULL: by TLS with whomever, if offered. */
	const char *login;
};

struct web_question {
	const char *method;          /* "GET", "HEAD" or "POST"; not of mail */
	const char *url;             /* of mail: smtp or smtps */
	const char *body;            /* of a POST; of mail, the message, its lines ended by CRLF; NULL: empty */
	const char *const *headers;  /* more lines, ended by NULL; NULL: none */
	const struct web_mail *mail; /* NULL: it is HTTP */
	const char *token;           /* sent as a bearer's; NULL: none */
	uint32_t limit_ms;           /* for all of it */
	size_t max_bytes;            /* of the reply's body; a longer one is none */
	void (*on_done)(void *data, const struct web_answer *f);
	void *data;
};

/** Never NULL. */
struct web_client *web_client_new(uv_loop_t *loop);

/** Texts are copied. on_done is called on the loop, once, never from here. How many go on at once is the caller's. */
void web_client_ask(struct web_client *f, const struct web_question *wish);

/**
 * Give up what goes on: each on_done is called now, with -1 for a status, and asks nothing more. Then free @f, and
 * call @on_closed (may be NULL) on the loop.
 */
void web_client_close(struct web_client *f, void (*on_closed)(void *data), void *data);

#endif
