/*
 * What a daemon of one loop serves by two Unix sockets, until it is told to stop: of the one, permissions say who may
 * ask; to the other nginx passes on.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_LOCAL_HTTP_H
#define FONTAINE_NET_LOCAL_HTTP_H

#include "net/http.h"
#include "sys/sockets.h"

#include <uv.h>

enum {
	LOCAL_HTTP_CONTROL,
	LOCAL_HTTP_PUBLIC,
	LOCAL_HTTP_SOCKETS,
};

struct local_http_config {
	const struct http_route *const *tables[LOCAL_HTTP_SOCKETS];
	void *data[LOCAL_HTTP_SOCKETS];          /* of their handlers */
	unsigned max_conns, requests_per_second; /* of each socket; of one client */
	unsigned grace_ms;                       /* that requests in progress have when it stops */
	void (*on_closed)(void *owner);          /* nobody asks any more */
	void *owner;
};

/** Embedded in its owner, zeroed before local_http_take(). */
struct local_http {
	struct http_counters counters[LOCAL_HTTP_SOCKETS]; /* to read */
	/* Private. */
	struct local_http_config config;
	struct sockets sockets[LOCAL_HTTP_SOCKETS];
	struct http_config http[LOCAL_HTTP_SOCKETS];
	struct http_server *servers[LOCAL_HTTP_SOCKETS];
	unsigned n_open;
	uv_signal_t sigterm, sigint;
	uv_timer_t alive;
};

/** Take the sockets that systemd passed for @paths. Return: 0, or a negative errno, logged. */
int local_http_take(struct local_http *h, const char *const paths[LOCAL_HTTP_SOCKETS]);

/**
 * Serve on @loop until SIGTERM or SIGINT, then have it come to its end; the service manager is told @status, how the
 * loop lives, and the end. Return: 0, or a negative errno, logged; either way on_closed() was called.
 */
int local_http_serve(struct local_http *h, uv_loop_t *loop, const struct local_http_config *config, const char *status);

/**
 * Make @loop, in the sandbox: it looks at what it may use there. Then have run(@owner) serve on it, close what a
 * failure has left, and close the loop. Return: 0, or a negative errno.
 */
int local_http_run(uv_loop_t *loop, int (*run)(void *owner), void *owner);

/** Give the sockets back, whether it has served or not. */
void local_http_done(struct local_http *h);

#endif
