/*
 * TLS 1.2 and 1.3 as a server (RFC 5246, RFC 8446; on OpenSSL): certificate, key and
 * session tickets, shared by all loops, and taken anew when the files change.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_TLS_H
#define FONTAINE_NET_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <uv.h>

enum { TLS_LOOK_MS = 5000 };

struct tls; /* opaque; release with tls_free() */

/**
 * Read the PEM files @certificate (with its chain) and @key. ALPN (RFC 7301) offers
 * "http/1.1", and with @h2 "h2" before it; a client that wants only others is refused.
 * Return: 0 and *ret; or a negative errno, logged with the file.
 */
int tls_open(const char *certificate, const char *key, bool h2, struct tls **ret);
void tls_free(struct tls *t);

/**
 * Look at the files now and every @every_ms, on a worker thread of libuv. New ones count for new
 * connections. With files that cannot be used everything stays as it was, and the log says so, once.
 */
void tls_watch(struct tls *t, uv_loop_t *loop, uint64_t every_ms);

/** Stop looking; on the loop's thread. A look that has begun ends first, and the loop with it. */
void tls_unwatch(struct tls *t);

/** When the certificate that new connections see expires, in Unix seconds. Any thread. */
int64_t tls_expires_s(struct tls *t);

/** A session to be accepted; release with SSL_free(). Any thread. NULL: no memory. */
SSL *tls_session(struct tls *t);

#endif
