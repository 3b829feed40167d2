/*
 * Inside the HTTP server: the server as its connections see it, and a connection:
 * http_conn.c has its life, http_input.c what comes in, http_output.c what goes out.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_CONN_H
#define FONTAINE_NET_HTTP_CONN_H

#include "net/conn.h"
#include "net/http.h"
#include "net/http_reply.h"
#include "net/listener.h"

#include <sys/queue.h>

enum {
	HTTP_LISTENERS_MAX = 128,
	HTTP_INPUT_BYTES = CONN_UNREAD_MAX_BYTES, /* one read; one buffer serves all connections */
	HTTP_OUTPUT_MAX_BYTES = 16 * 1024 * 1024, /* a head and a copied body */
};

struct http_listener {
	struct listener listener;
	struct http_server *server;
	struct tls *tls; /* NULL: plain */
};

struct http_server {
	uv_loop_t *loop;
	const struct http_config *config;
	struct http_counters *counters;
	struct limit *limit;
	struct http_routes *routes;
	struct http_listener listeners[HTTP_LISTENERS_MAX];
	unsigned n_listeners;
	LIST_HEAD(, http_conn) conns;
	unsigned n_conns;
	uv_timer_t grace;
	unsigned n_open; /* listeners and connections that are not closed yet */
	bool closing;
	void (*on_closed)(void *data);
	void *on_closed_data;
	int64_t date_s; /* the second that date says */
	char date[HTTP_DATE_MAX];
	struct tls_buffers *tls;
	struct exchange *spare; /* of the request before, for the next one; NULL: in use */
	struct buf output;      /* where replies are put together */
	char input[HTTP_INPUT_BYTES];
};

enum http_conn_state {
	CONN_HANDSHAKE,
	CONN_IDLE,
	CONN_HEAD,
	CONN_BODY,
	CONN_HANDLING,
	CONN_REPLYING,
	CONN_LINGERING,
	CONN_HANDED_OVER,
	CONN_CLOSED,
	CONN_STATES,
};

/* A request, from its first byte to the last of its reply. An idle connection has none. */
struct exchange {
	struct http_request request; /* first, so that a handler's request leads back here */
	struct http_conn *conn;
	struct http_parser parser;
	uint64_t body_left; /* of a body by length */
	struct buf out;     /* of head and body, what the socket did not take at once */
	const struct http_blob *blob;
	uint64_t blob_left;
	size_t blob_at;
};

struct http_conn {
	struct conn conn;
	struct http_server *server;
	struct addr client;
	LIST_ENTRY(http_conn) link;
	struct exchange *exchange;
	const struct conn_ops *owner; /* it is handed over to, once the reply is sent; NULL: it stays ours */
	const char *in;               /* input to be used, in the server's buffer */
	size_t in_len;
	ssize_t budget; /* of this event */
	enum http_conn_state state;
	bool drained;  /* the socket has no more for now */
	bool stepping; /* http_conn_step() is running: http_reply() leaves the rest to it */
	bool last;     /* close after this reply */
	bool asked;    /* a request has begun, this one or one before */
};

extern const struct http_transport http_conn_transport;

/** The present second as a header wants it. */
const char *http_server_date(struct http_server *s);

/** Start on the socket @fd, which it takes, accepted by @l from @client. */
void http_conn_open(struct http_listener *l, int fd, const struct addr *client);

/** Close: at once if @now, else when the request in progress, or the first one, is answered. */
void http_conn_finish(struct http_conn *c, bool now);

/** Called by what was in n_open, when it is gone. */
void http_server_release(struct http_server *s);

/** Change the state; the only way to. */
void http_conn_move(struct http_conn *c, enum http_conn_state to);

/** Go on until there is something to wait for. */
void http_conn_step(struct http_conn *c);

/** Give the connection to its new owner: what begins now is no more HTTP/1.1. */
void http_conn_hand_over(struct http_conn *c);

/** Close without a word. */
void http_conn_close(struct http_conn *c);

/** Reply with a status, then close: what follows can't be trusted, or is an unread body. */
void http_conn_refuse(struct http_conn *c, int status);

/** Begin an exchange; end it, if there is one, whatever became of it. */
void http_exchange_begin(struct http_conn *c);
void http_exchange_end(struct http_conn *c);

/** Free the spare exchange. */
void http_exchange_done(struct http_server *s);

/* Each returns false when there is something to wait for. */
bool http_input_handshake(struct http_conn *c);
bool http_input_head(struct http_conn *c);
bool http_input_body(struct http_conn *c);
bool http_input_linger(struct http_conn *c);
bool http_output(struct http_conn *c);

/** Give unused input back: the server's buffer belongs to the next connection. */
void http_input_keep(struct http_conn *c);

/** Forget unused input. */
void http_input_drop(struct http_conn *c);

#endif
