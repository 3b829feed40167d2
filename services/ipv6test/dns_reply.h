/* An answer's bytes, written one record after another. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_DNS_REPLY_H
#define FONTAINE_IPV6TEST_DNS_REPLY_H

#include "ipv6test/dns_query.h"

enum {
	DNS_UDP_MAX_BYTES = 1232, /* what passes anywhere in one piece, and no more (RFC 9715, 3.1) */
	DNS_REPLY_MAX_BYTES = 4096,
};

enum dns_section { DNS_ANSWER,
	           DNS_AUTHORITY };

/** A record of the question's name or of one that the question's name ends with. */
struct dns_record {
	uint8_t owner_at; /* where the owner begins in the question's name */
	uint16_t type;
	uint32_t ttl_s;
	const uint8_t *data; /* borrowed, names in it uncompressed */
	size_t len;
};

/** Private to dns_reply.c but for len and truncated. */
struct dns_reply {
	const struct dns_query *query;
	uint8_t *bytes;
	size_t len;
	size_t max_bytes; /* without what OPT takes */
	unsigned counts[2];
	bool truncated;
};

/**
 * Begin the answer to @query, whose @message is repeated from, in @bytes, which has room for
 * DNS_REPLY_MAX_BYTES. Over UDP it never gets longer than the client takes, nor than DNS_UDP_MAX_BYTES.
 */
void dns_reply_begin(struct dns_reply *r, const struct dns_query *query, const uint8_t *message,
                     uint8_t *bytes, bool udp);

/** Add a record, those of DNS_ANSWER first. What has no room truncates the answer. */
void dns_reply_add(struct dns_reply *r, enum dns_section section, const struct dns_record *record);

/** Have nothing but the question in the answer. */
void dns_reply_clear(struct dns_reply *r);

/** The same, and TC: ask again over TCP. */
void dns_reply_truncate(struct dns_reply *r);

/** Complete it; r->len says how long it is. */
void dns_reply_end(struct dns_reply *r, enum dns_rcode rcode, bool authoritative);

#endif
