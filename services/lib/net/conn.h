/*
 * One stream socket on a loop, with TLS or without: readiness, deadline, and one way to close.
 *
 * The protocol above reads and writes when it likes; the loop only says when a
 * socket is ready. So bytes go straight from and to the kernel, a body that
 * nobody looks at is never copied, and an idle connection holds no buffer.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_CONN_H
#define FONTAINE_NET_CONN_H

#include "base/buf.h"
#include "net/tls_stream.h"

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <uv.h>

struct conn;

struct conn_ops {
	/** Ready for @events (UV_READABLE, UV_WRITABLE) that were wanted. */
	void (*on_ready)(struct conn *c, int events);
	/** The deadline passed. */
	void (*on_timeout)(struct conn *c);
	/** The last callback; the owner may be freed. */
	void (*on_closed)(struct conn *c);
	/** The server stops, and closes what is left after its grace; of a connection that it handed over. */
	void (*on_stop)(struct conn *c);
};

enum { CONN_UNREAD_MAX_BYTES = 256 * 1024 };

/** Embedded in its owner. All fields but data, the owner's, are private to conn.c. */
struct conn {
	void *data;
	const struct conn_ops *ops;
	uv_poll_t poll;
	uv_timer_t timer;
	uint64_t deadline_ms;   /* on the loop's clock; 0: none */
	struct buf unread;      /* to be received again */
	struct tls_stream *tls; /* NULL: plain */
	size_t segment_bytes;   /* 0: as large as the path carries */
	int fd;
	int wanted;
	int polled;
	unsigned n_handles;
	bool is_tcp;
	bool secure;
	bool offloaded; /* TLS that the kernel encrypts */
	bool closing;
};

/**
 * Start on the non-blocking socket @fd, which it takes. Nothing is wanted yet.
 * Return: 0; or a negative errno: @fd is closed and no callback will come.
 */
int conn_open(struct conn *c, uv_loop_t *loop, int fd, const struct conn_ops *ops);

/**
 * Speak TLS from now on, by way of @buffers of the loop; conn_handshake() comes first,
 * called again at each on_ready until it is over.
 * Return: 0 when it is, -EAGAIN to wait until readable, -EPROTONOSUPPORT when the peer speaks
 * plain HTTP (then the connection is plain), or another negative errno.
 */
void conn_secure(struct conn *c, struct tls *t, struct tls_buffers *buffers);
int conn_handshake(struct conn *c);

/** What the handshake agreed on. */
struct tls_agreed conn_agreed(const struct conn *c);

/** Close, once or again; on_closed comes later, from the loop. */
void conn_close(struct conn *c);

/** Be told of these events, until told otherwise; 0 for none. */
void conn_want(struct conn *c, int events);

/** Have on_timeout called @delay_ms from now (0: never); replaces the earlier deadline. */
void conn_deadline(struct conn *c, uint64_t delay_ms);

/** Send segments of at most @bytes from now on, over TLS too (tcp_send()); 0: as large as the path carries. */
void conn_set_segments(struct conn *c, size_t bytes);

/** The socket, for its options; valid until on_closed. */
int conn_socket(const struct conn *c);

/** The loop it is on. */
uv_loop_t *conn_loop(const struct conn *c);

/** Whether what is sent and received is encrypted. */
bool conn_is_secure(const struct conn *c);

/** Receive. Return: bytes, 0 at the end of the stream, or a negative errno (-EAGAIN: wait). */
ssize_t conn_recv(struct conn *c, void *buf, size_t len);

/** Receive and drop up to @len bytes, in the kernel if they are still there (tcp(7)). Return: as conn_recv(). */
ssize_t conn_discard(struct conn *c, size_t len);

/**
 * Have conn_recv() return these bytes again, before others; at most CONN_UNREAD_MAX_BYTES,
 * and only when none are waiting already.
 */
void conn_unread(struct conn *c, const void *data, size_t len);

/** Send what fits; @more: further bytes follow at once. Return: bytes or a negative errno. */
ssize_t conn_send(struct conn *c, const void *data, size_t len, bool more);

/** Send what fits of several pieces, @n at most IOV_MAX. Return: as conn_send(). */
ssize_t conn_sendv(struct conn *c, const struct iovec *pieces, size_t n, bool more);

/**
 * Send what TLS keeps: records that were taken, and not by the socket. Whoever only closes then may do without.
 * Return: bytes that went out, 0 when none are left, or a negative errno.
 */
ssize_t conn_flush(struct conn *c);

/** Say that nothing more will be sent. */
void conn_shutdown(struct conn *c);

#endif
