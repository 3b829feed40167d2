/* A DNS server on a loop: messages in, messages out, over UDP and TCP. What they say is the handler's. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_DNS_H
#define FONTAINE_NET_DNS_H

#include "base/addr.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum {
	DNS_QUERY_MAX_BYTES = 4096, /* longer ones are no queries */
	DNS_RESPONSE_MAX_BYTES = 4096,
	DNS_UDP_RESPONSE_MAX_BYTES = 1232,
	DNS_LATE_MAX_BYTES = 512, /* of an answer that waits */
	DNS_LATE_MAX = 4096,      /* such answers at a time; others are lost */
};

/** One message and who sent it; borrowed for the time of the call. */
struct dns_request {
	const uint8_t *bytes;
	size_t len;
	const struct addr *client;
	bool udp;
	uint64_t now_ms; /* the loop's clock */
};

/** What goes back. */
struct dns_response {
	uint8_t *bytes; /* room for DNS_RESPONSE_MAX_BYTES */
	size_t len;     /* 0: nothing; over UDP, at most DNS_UDP_RESPONSE_MAX_BYTES */
	bool late;      /* after late_ms */
};

typedef void (*dns_handler)(void *data, const struct dns_request *request, struct dns_response *response);

/** What the server counts, written by its loop alone and read by any thread. */
struct dns_counters {
	_Atomic uint64_t udp_queries, tcp_queries;
	_Atomic uint64_t unsent;      /* answers over UDP that the socket did not take */
	_Atomic uint64_t lost;        /* of those to be late, that nobody could keep */
	_Atomic uint64_t connections; /* accepted */
	_Atomic uint64_t open;        /* now */
	_Atomic uint64_t displaced;   /* closed for a newer one */
	_Atomic uint64_t timeouts;    /* closed for silence, or for not reading */
};

struct dns_config {
	dns_handler on_query;
	void *data;
	unsigned max_conns;
	uint32_t idle_ms; /* a connection's, from one whole query to the next */
	uint32_t late_ms;
};

struct dns_server; /* opaque; ends with dns_server_close() */

/** A server on @loop; @config and @counters are borrowed. Never NULL. */
struct dns_server *dns_server_new(uv_loop_t *loop, const struct dns_config *config, struct dns_counters *counters);

/** Serve the socket @fd, bound (datagram) or listening (stream); borrowed. Return: 0, or a negative errno. */
int dns_server_listen(struct dns_server *s, int fd, bool udp);

/** Close all, and free the server when that is done; then call @on_closed (may be NULL). */
void dns_server_close(struct dns_server *s, void (*on_closed)(void *data), void *data);

#endif
