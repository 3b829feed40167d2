/*
 * TLS over one socket that does not block. Records are received and sent many at a
 * time, by way of buffers that all streams of a loop share; a stream keeps only what
 * the socket did not take, or what the reader had no room for.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_TLS_STREAM_H
#define FONTAINE_NET_TLS_STREAM_H

#include "net/tls.h"

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

/** Of a loop, shared by its streams; release with tls_buffers_free(). Never NULL. */
struct tls_buffers;
struct tls_buffers *tls_buffers_new(void);
void tls_buffers_free(struct tls_buffers *b);

struct tls_stream; /* opaque; release with tls_stream_free() */

/** Over the connected socket @fd and by way of @buffers, both borrowed. Never NULL. */
struct tls_stream *tls_stream_new(struct tls *t, struct tls_buffers *buffers, int fd);

/** Send TCP segments of at most @bytes from now on (tcp_send()); 0: as large as the path carries. */
void tls_stream_set_segments(struct tls_stream *s, size_t bytes);

/** A stream that did not fail tells its peer that this is the end, as far as the socket takes it. */
void tls_stream_free(struct tls_stream *s);

/**
 * Go on with the handshake. Return: 0 when it is over, -EAGAIN to wait for input,
 * -EPROTONOSUPPORT when the client speaks plain HTTP, or another negative errno.
 */
int tls_stream_handshake(struct tls_stream *s);

/** After the handshake: what it agreed on. protocol is NULL without ALPN. */
struct tls_agreed {
	int version; /* TLS1_2_VERSION or TLS1_3_VERSION */
	bool resumed;
	bool h2;
	bool offloaded; /* the kernel encrypts: what is sent goes into the socket as it is, not by tls_stream_sendv() */
};
struct tls_agreed tls_stream_agreed(const struct tls_stream *s);

/** Receive, or with @buf NULL receive and drop, up to @len bytes. Return: as conn_recv(). */
ssize_t tls_stream_recv(struct tls_stream *s, void *buf, size_t len);

/**
 * Send what the socket takes, and a little more, which is kept: then -EAGAIN follows
 * until it has gone out. Return: as conn_sendv().
 */
ssize_t tls_stream_sendv(struct tls_stream *s, const struct iovec *pieces, size_t n, bool more);

/** Send what is kept. Return: bytes that went out, 0 when none are left, or a negative errno. */
ssize_t tls_stream_flush(struct tls_stream *s);

/** Whether input waits that the socket does not show; whether output is kept. */
bool tls_stream_has_input(const struct tls_stream *s);
bool tls_stream_has_output(const struct tls_stream *s);

/** Tell the peer that nothing more will be sent, once what is kept has gone out. */
void tls_stream_shutdown(struct tls_stream *s);

#endif
