/* A connection to an HTTP/2 server over TLS, as rpm uses it: it says how long each phase took. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_H2_CLIENT_H
#define FONTAINE_TESTS_H2_CLIENT_H

#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct url {
	char host[256], port[8], authority[280], path[512];
};

struct h2_conn;

/** Every callback runs in h2_turn(). What goes wrong ends the program. */
struct h2_conn_ops {
	/** The handshake is over; c->tcp_ms and c->tls_ms are known. */
	void (*on_open)(struct h2_conn *c);
	/** Bytes of a reply's body. */
	void (*on_body)(struct h2_conn *c, const uint8_t *bytes, size_t len);
	/** A reply is complete, @ms after the request named @tag. */
	void (*on_reply)(struct h2_conn *c, int tag, double ms);
};

enum h2_phase { H2_CONNECTING,
	        H2_HANDSHAKE,
	        H2_OPEN,
	        H2_CLOSED };

struct h2_conn {
	const struct h2_conn_ops *ops;
	void *data;
	double tcp_ms, tls_ms; /* two round trips of TLS 1.2 are halved */
	uint64_t bytes;        /* of bodies, received or handed to the network */
	enum h2_phase phase;   /* set it to H2_CLOSED to end it */
	struct h2_conn *next;

	/* Private. */
	const struct h2_client *client;
	int fd;
	SSL *tls;
	nghttp2_session *http;
	double since_s; /* of the phase */
	const uint8_t *out;
	size_t out_len;
};

struct h2_client {
	SSL_CTX *tls;
	int epoll;
	struct h2_conn *conns;
};

double now_s(void);

/** "https://host:port/path", or the end of the program. */
struct url url_parse(const char *text);

/** @ca_file: who signs servers' certificates; NULL: whom the system trusts. */
void h2_client_init(struct h2_client *client, const char *ca_file);
void h2_client_done(struct h2_client *client);

/** Connect to the host of @to. Never NULL; ends with h2_close_all() or its phase. */
struct h2_conn *h2_open(struct h2_client *client, const struct url *to, const struct h2_conn_ops *ops, void *data);
void h2_close_all(struct h2_client *client);

/** Ask for @what. POST has a body without end. */
void h2_ask(struct h2_conn *c, const char *method, const struct url *what, int tag);

/** Bytes of bodies that came through: received, or acknowledged by the other end. */
uint64_t h2_bytes_moved(const struct h2_conn *c);

/** Serve the connections until something happened, or until @end_s. */
void h2_turn(struct h2_client *client, double end_s);

#endif
