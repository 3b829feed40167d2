/*
 * What resolvers did for each test: who asked for its names, and how. A table of fixed size that
 * all workers share; what was noted first is forgotten first.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_SEEN_H
#define FONTAINE_IPV6TEST_SEEN_H

#include "base/addr.h"
#include "base/buf.h"
#include "ipv6test/dns_query.h"
#include "ipv6test/nonce.h"

enum {
	SEEN_PER_NONCE = 128,  /* different queries of one test, and no more */
	SEEN_MEAN_QUERIES = 8, /* for so many of each test there is room */
};

/** One query for a name of a test. */
struct seen_query {
	const char *test; /* label of the zone, static */
	uint16_t type;
	struct addr resolver;
	bool tcp, edns, dnssec_ok, mixed_case, minimised;
	uint16_t buffer_bytes; /* 0 without EDNS */
	struct dns_client_subnet subnet;
};

struct seen; /* opaque; release with seen_free() */

/** Room for what is asked for @nonces tests. Never NULL. */
struct seen *seen_new(unsigned nonces);
void seen_free(struct seen *s);

/**
 * Note @query for @nonce (NONCE_LEN lower-case bytes, which nonce_check() has passed) at @now_ms,
 * monotonic. Like an earlier one of the same nonce, it is counted there.
 */
void seen_add(struct seen *s, const char *nonce, const struct seen_query *query, uint64_t now_ms);

/** Write {"nonce", "queries": [...]} of @nonce, in the order in which they came first. */
void seen_json(struct seen *s, const char nonce[NONCE_LEN + 1], struct buf *out);

/** Different queries that are remembered now. */
uint64_t seen_count(struct seen *s);

#endif
