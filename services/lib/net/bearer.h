/*
 * Who shows a token with a request (RFC 6750): its secret costs one Argon2id, on a thread of libuv's, and is then
 * known for minutes (net/session.h). Whoever tries too many tokens waits. Whose a token is and what it is good for
 * is the daemon's to say.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_BEARER_H
#define FONTAINE_NET_BEARER_H

#include "base/buf.h"
#include "net/http.h"
#include "net/session.h"

struct bearer; /* opaque; release with bearer_free() when no check is under way */

/** @sessions is borrowed. Never NULL. */
struct bearer *bearer_new(struct sessions *sessions);
void bearer_free(struct bearer *b);

/** The token of "Authorization: Bearer TOKEN" (RFC 6750, 2.1), in @r; NULL: there is none. */
const char *bearer_text(const struct http_request *r);

enum bearer_shown {
	BEARER_KNOWN, /* shown before: its secret is right */
	BEARER_NEW,   /* its secret has to be checked */
	BEARER_NONE,  /* it is no token */
	BEARER_LIMITED,
};

/** What @client shows, *ret of it unless it is none; of BEARER_LIMITED: until one more may be tried. */
enum bearer_shown bearer_read(struct bearer *b, const char *text, const struct addr *client, struct token *ret,
                              unsigned *reterr_wait_s);

/**
 * Check the secret of @t (copied) beside @hash (copied) on a thread; then, on @loop, @on_checked with 0, and the
 * token is known; or with -EACCES. Return: 0, or -EBUSY: too many are being checked.
 */
int bearer_check(struct bearer *b, uv_loop_t *loop, const struct token *t, const char *hash,
                 void (*on_checked)(void *data, int rc), void *data);

/** A request without a valid token was refused. */
void bearer_count_failed(struct bearer *b);

/** The token is good no more. */
void bearer_forget(struct bearer *b, const char *id);

void bearer_metrics(const struct bearer *b, const char *daemon, struct buf *text);

#endif
