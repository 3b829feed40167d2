/*
 * Who has shown a token is known for a while without Argon2id: by a page's cookie, a secret
 * that the token was exchanged for, or by the token itself, so that a program's next requests
 * cost nothing. Only MACs of these secrets are kept, under a key made at start. Pure but for
 * chance; one thread.
 *
 * A token that is revoked ends its sessions by sessions_end_token(); who acts on a session
 * still looks up whether its token is.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_SESSION_H
#define FONTAINE_NET_SESSION_H

#include "base/token.h"

enum {
	SESSION_SECRET_BYTES = 20,
	SESSION_SECRET_LEN = BASE32_LEN(SESSION_SECRET_BYTES),
	SESSION_CSRF_LEN = SESSION_SECRET_LEN,
	SESSION_COOKIE_LASTS_S = 12 * 3600,
	SESSION_TOKEN_LASTS_S = 5 * 60,
};

enum session_kind {
	SESSION_COOKIE, /* what changes something must show the page's CSRF token too */
	SESSION_TOKEN,
};

struct sessions; /* opaque; release with sessions_free() */

/** A table for at most @max sessions: when it is full, the one that ends first goes. Never NULL. */
struct sessions *sessions_new(size_t max);
void sessions_free(struct sessions *s);

/** Make a secret for a cookie. */
void session_secret_make(char ret[SESSION_SECRET_LEN + 1]);

/** Remember that who shows the @len bytes of @secret has the token @id; @now_s is monotonic. */
void sessions_start(struct sessions *s, enum session_kind kind, const char *secret, size_t len,
                    const char id[TOKEN_ID_LEN + 1], uint64_t now_s);

/** The id of the token of whom shows @secret, good until the next call of ours; NULL: nobody known. */
const char *sessions_find(const struct sessions *s, enum session_kind kind, const char *secret, size_t len,
                          uint64_t now_s);

/** Forget the session of the cookie @secret. */
void sessions_end(struct sessions *s, const char *secret, size_t len);

/** Forget all sessions of the token @id. */
void sessions_end_token(struct sessions *s, const char *id);

/** What a page with the cookie @secret sends with each change: nobody else can know it. */
void sessions_csrf(const struct sessions *s, const char *secret, size_t len, char ret[SESSION_CSRF_LEN + 1]);

/** Whether @csrf, NULL when it was not sent, is that. */
bool sessions_csrf_holds(const struct sessions *s, const char *secret, size_t len, const char *csrf);

#endif
