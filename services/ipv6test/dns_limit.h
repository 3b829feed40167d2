/*
 * How many answers one network gets: over UDP whoever asks may have written another's address,
 * which is not to be flooded with what we say. One for all workers.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_DNS_LIMIT_H
#define FONTAINE_IPV6TEST_DNS_LIMIT_H

#include "base/addr.h"

#include <stdint.h>

/** A network is a /24, or a /56 (net/limit.h). */
enum { DNS_LIMIT_IPV4_BITS = 24 };

enum dns_verdict {
	DNS_PASS,
	DNS_SLIP, /* over the limit: a truncated answer, so that a real resolver can come over TCP */
	DNS_DROP, /* over the limit: none; one is as frequent as the other */
};

struct dns_limit; /* opaque; release with dns_limit_free() */

/** Never NULL. */
struct dns_limit *dns_limit_new(uint32_t answers_per_second);
void dns_limit_free(struct dns_limit *l);

/** Charge one answer to the network of @client at @now_ms, monotonic. */
enum dns_verdict dns_limit_take(struct dns_limit *l, const struct addr *client, uint64_t now_ms);

#endif
