/*
 * An HTTP/1.1 server (RFC 9110, RFC 9112) on one loop: keep-alive, pipelining,
 * bodies by length and chunked, HEAD, Expect: 100-continue, limits on all that
 * a peer controls. What to do is a table of routes; after the routes come the
 * static pages.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_H
#define FONTAINE_NET_HTTP_H

#include "net/conn.h"
#include "net/http_request.h"
#include "net/limit.h"

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

enum { HTTP_REPLIED = -1 };

enum http_body {
	HTTP_BODY_NONE,  /* a body is refused: 413 */
	HTTP_BODY_COUNT, /* counted and dropped, in the kernel where that can be */
	HTTP_BODY_KEEP,  /* kept in request->body */
};

/**
 * A path and what answers there; a path that ends in '*' stands for all that begin with what
 * is before it, and the longest that fits is taken. Every handler runs on the server's loop.
 */
struct http_route {
	const char *path;
	unsigned methods; /* of enum http_method; HEAD comes with GET */
	enum http_body body;
	uint64_t max_body_bytes;
	/**
	 * The head is there, the body may come; may be NULL. Return: 0; or a status to
	 * refuse with; or HTTP_REPLIED after http_reply() that refuses.
	 */
	int (*on_head)(struct http_request *r, void *data);
	/** @len more bytes of the body arrived; may be NULL. */
	void (*on_body)(struct http_request *r, size_t len);
	/** The request is complete: call http_reply() or http_upgrade() now or later, once, before on_done. */
	void (*on_request)(struct http_request *r, void *data);
	/** @len more bytes of the reply's blob went to the socket; may be NULL. */
	void (*on_sent)(struct http_request *r, size_t len);
	/** The last word on the request, also a refused one or when the client has gone; may be NULL. */
	void (*on_done)(struct http_request *r, void *data);
};

/** Bytes, over and over until the length is reached; borrowed for the server's life. */
struct http_blob {
	const char *data;
	size_t size_bytes;
};

struct http_reply {
	int status;
	const char *type;    /* Content-Type; NULL: none */
	const char *headers; /* more header lines, each ended by CRLF; NULL: none */
	const void *body;    /* copied */
	size_t body_bytes;
	const struct http_blob *blob; /* or, instead of body: blob_bytes of it */
	uint64_t blob_bytes;
};

/** Reply to @r and let go of it. */
void http_reply(struct http_request *r, const struct http_reply *reply);

/** Reply with a status and its reason as text. */
void http_reply_status(struct http_request *r, int status);

/** Reply 429 or 503 with Retry-After. */
void http_reply_wait(struct http_request *r, int status, uint32_t wait_ms);

/** The socket @r came by, for its options and counters; valid during the callbacks of a route. */
int http_request_socket(const struct http_request *r);

/** The loop of @r's server, for what a handler does later. */
uv_loop_t *http_request_loop(const struct http_request *r);

/** From now on, the connection that @r came by sends segments as large as the path carries. */
void http_send_large(struct http_request *r);

/** Whether @r came by TLS. */
bool http_request_is_secure(const struct http_request *r);

/**
 * Reply 101 with @headers to @r, let go of it (on_done comes), and hand its connection over to @ops,
 * with @data as conn->data. The first on_ready says that 101 went out; nothing is wanted then, no deadline is set.
 * Bytes that came early are received first. on_closed comes in any case, also without an on_ready.
 * The connection stays one of the server's: it counts, and it is closed at the end of the server's grace.
 * Return: 0; or a negative errno and nothing has happened: -ENOTSUP (HTTP/2 has no upgrade) or
 * -ESHUTDOWN (the server is stopping).
 */
int http_upgrade(struct http_request *r, const char *headers, const struct conn_ops *ops, void *data);

/** What the server counts, written by its loop alone and read by any thread. */
struct http_counters {
	_Atomic uint64_t connections;      /* accepted */
	_Atomic uint64_t open;             /* now */
	_Atomic uint64_t refused;          /* over max_conns: 503 */
	_Atomic uint64_t limited;          /* over the rate: 429 */
	_Atomic uint64_t timeouts;         /* 408, or closed for silence */
	_Atomic uint64_t floods;           /* HTTP/2 connections ended for work that brings nothing */
	_Atomic uint64_t violations;       /* and for what HTTP/2 does not allow */
	_Atomic uint64_t tls_1_2, tls_1_3; /* handshakes */
	_Atomic uint64_t tls_resumed;      /* of them, by a ticket */
	_Atomic uint64_t tls_offloaded;    /* of them, encrypted by the kernel */
	_Atomic uint64_t tls_failed;       /* begun, and never over */
	_Atomic uint64_t responses[6];     /* by the first digit of the status */
	_Atomic uint64_t body_bytes_in;
	_Atomic uint64_t body_bytes_out;
};

/** Add to a counter that only this thread writes. */
static inline void http_count(_Atomic uint64_t *counter, uint64_t n)
{
	uint64_t value = atomic_load_explicit(counter, memory_order_relaxed);
	atomic_store_explicit(counter, value + n, memory_order_relaxed);
}

struct assets;

/** Milliseconds. */
struct http_timeouts {
	uint64_t handshake; /* of TLS, from its first byte to its last */
	uint64_t idle;      /* between requests */
	uint64_t head;      /* from its first byte to its end: 408 */
	uint64_t body;      /* without a byte of the body: 408 */
	uint64_t reply;     /* without a byte taken by the client */
	uint64_t linger;    /* to let a client read an early refusal (RFC 9112, 9.6) */
};

extern const struct http_timeouts http_timeouts_default;

/** Borrowed by the server for its life, shared by the servers of all workers. */
struct http_config {
	const struct http_route *const *tables; /* ended by NULL; each is ended by a route without a path */
	const struct assets *assets;            /* static pages; NULL: none */
	unsigned max_conns;
	struct limit_rate rate; /* requests of one client */
	struct http_timeouts timeouts;
	size_t segment_bytes; /* of HTTP/1.1: send no larger ones, but for http_send_large(); 0: as the path carries */
	void *data;           /* for the handlers */
};

struct http_server; /* opaque; ends with http_server_close() */

/** A server on @loop; @counters is borrowed. Never NULL. */
struct http_server *http_server_new(uv_loop_t *loop, const struct http_config *config,
                                    struct http_counters *counters);

/**
 * Serve the listening socket @fd, with TLS unless @tls is NULL; both borrowed. By a Unix socket come
 * requests that a proxy of ours passes on: their X-Forwarded-For, one address, is the client's.
 * Return: 0 or a negative errno.
 */
int http_server_listen(struct http_server *s, int fd, struct tls *tls);

/**
 * Stop listening, close idle connections, let requests in progress end within
 * @grace_ms, then close them too and free the server. Who was accepted and has not
 * asked yet has a moment to: nobody is turned away by a restart. Then call @on_closed
 * (may be NULL): no handler runs any more.
 */
void http_server_close(struct http_server *s, uint64_t grace_ms, void (*on_closed)(void *data), void *data);

#endif
