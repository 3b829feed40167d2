/*
 * What every daemon of ours that answers visitors does alike: read the POP file, its
 * pages and the certificate, open the sockets that the POP file gives it, and serve
 * them on all workers. The daemon adds its routes and what they need.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_DAEMON_H
#define FONTAINE_NET_HTTP_DAEMON_H

#include "base/pop.h"
#include "net/http.h"
#include "net/workers.h"
#include "sys/daemon.h"
#include "sys/sandbox.h"
#include "sys/sockets.h"

/** Zeroed but for the names and the path before use; calls come in the order of the functions below. */
struct http_daemon {
	const char *name;       /* "speedtestd" */
	const char *service;    /* "speedtest": its key in the POP file, and the folder of its pages */
	const char *proxy_path; /* Unix socket of systemd's where nginx passes on requests; NULL: none */
	struct pop *pop;
	struct http_config http;    /* tables, data, max_conns, rate: the daemon's to set */
	unsigned n_workers;         /* the daemon's to set; 0: one for each processor */
	unsigned other_descriptors; /* the daemon's to set: what each worker opens beside its connections */
	struct http_counters counters[WORKERS_MAX];

	/* Private to http_daemon.c. */
	struct assets *assets;
	struct {
		struct sockets sockets;
		struct tls *tls; /* NULL: plain */
	} listeners[POP_ENDPOINTS_MAX + 1];
	size_t n_listeners;
	struct tls *https, *h2;
	struct http_server *servers[WORKERS_MAX];
};

/** Each of these returns 0, or a negative errno, logged. */
int http_daemon_load_pop(struct http_daemon *d, const char *path);

/**
 * Pages, certificate if any socket speaks TLS, sockets; then no worker takes more connections than open
 * files allow.
 */
int http_daemon_open(struct http_daemon *d, const struct daemon_options *options);

/** Close the sandbox: what is left is @s (its lists borrowed), and the certificate's folder to read, if it has one. */
int http_daemon_confine(const struct http_daemon *d, const struct daemon_options *options, const struct sandbox *s);

/** On each worker's thread, from struct worker_ops. Also after a failure, stop it. */
int http_daemon_start(struct http_daemon *d, unsigned worker, uv_loop_t *loop);

/** Let requests in progress end, then call @on_closed (may be NULL) with @data. */
void http_daemon_stop(struct http_daemon *d, unsigned worker, void (*on_closed)(void *data), void *data);

/** Reply with the daemon's own page, whatever the path of @r. */
void http_daemon_reply_page(const struct http_daemon *d, struct http_request *r);

/**
 * Reply with the counters of HTTP and what @add appends of @data. For this machine only: the
 * listener is public, and the figures are the operator's.
 */
void http_daemon_metrics(const struct http_daemon *d, struct http_request *r,
                         void (*add)(const void *data, struct buf *b), const void *data);

/** Release all that was opened, whatever failed. */
void http_daemon_release(struct http_daemon *d);

#endif
