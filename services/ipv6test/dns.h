/* The DNS side of ipv6testd: zones, keys, limits and counters behind one handler for each worker. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_DNS_H
#define FONTAINE_IPV6TEST_DNS_H

#include "base/buf.h"
#include "base/pop.h"
#include "ipv6test/nonce.h"
#include "net/dns.h"
#include "net/http.h"

struct dns; /* for all workers; opaque, release with dns_free() */

/** TCP connections that each worker has at most; then newer ones displace older ones. */
enum { DNS_MAX_CONNS = 1000 };

extern const struct http_route dns_routes[];

/**
 * What @pop says, with the keys in @state_dir (NULL, as without systemd: the current folder).
 * @key is borrowed.
 * Return: 0, or a negative errno, logged.
 */
int dns_new(const struct pop *pop, const struct nonce_key *key, const char *state_dir, struct dns **ret);
void dns_free(struct dns *d);

/** Make the keys that are missing, and write the delegations for Knot's zone to @path. Return: as dns_new(). */
int dns_prepare(const struct pop *pop, const char *state_dir, const char *path);

/** Open the sockets that @pop gives the DNS side, for @n_workers. Return: as dns_new(). */
int dns_open(struct dns *d, const struct pop *pop, unsigned n_workers);

/** On each worker's thread, from struct worker_ops. Also after a failure, stop it. Return: as dns_new(). */
int dns_start(struct dns *d, unsigned worker, uv_loop_t *loop);
void dns_stop(struct dns *d, unsigned worker);

/** Append the counters. */
void dns_metrics(const struct dns *d, struct buf *b);

#endif
