/* What the two transports of a DNS server share; private to net/dns_*.c. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_DNS_SERVER_H
#define FONTAINE_NET_DNS_SERVER_H

#include "net/conn.h"
#include "net/dns.h"
#include "net/http.h"
#include "net/listener.h"

#include <sys/queue.h>

enum { DNS_SOCKETS_MAX = 64 };

struct dns_batch; /* messages on their way from and to the kernel */
struct dns_late;  /* answers that wait */

struct dns_udp {
	struct dns_server *server;
	uv_poll_t poll;
	int fd;
};

struct dns_conn {
	struct conn conn;
	struct dns_server *server;
	struct addr client;
	struct buf in;  /* a query and what follows it */
	struct buf out; /* an answer, or what the socket did not take of it */
	bool waiting;   /* the answer is to be late */
	bool closed;
	TAILQ_ENTRY(dns_conn)
	link;
};

TAILQ_HEAD(dns_conns, dns_conn);

struct dns_server {
	uv_loop_t *loop;
	const struct dns_config *config;
	struct dns_counters *counters;
	struct dns_udp udp[DNS_SOCKETS_MAX];
	struct listener listeners[DNS_SOCKETS_MAX];
	unsigned n_udp, n_listeners;
	struct dns_conns conns; /* who asked last is last */
	unsigned n_conns;
	struct dns_batch *batch;
	struct dns_late *late;
	uv_timer_t timer; /* of what waits */
	unsigned n_open;  /* handles and connections */
	bool closing;
	void (*on_closed)(void *data);
	void *on_closed_data;
};

/** Note that one of n_open is closed; the last one frees the server. */
void dns_server_release(struct dns_server *s);

struct dns_batch *dns_batch_new(void);
void dns_batch_free(struct dns_batch *b);
struct dns_late *dns_late_new(void);
void dns_late_free(struct dns_late *l);

/** Serve s->udp[@i], whose fd is set. Return: 0, or a negative errno. */
int dns_udp_open(struct dns_server *s, struct dns_udp *u);

/** A connection from @client on @fd, which it takes. */
void dns_conn_open(struct dns_server *s, int fd, const struct addr *client);
void dns_conn_close(struct dns_conn *c);

#endif
