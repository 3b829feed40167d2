/*
 * What we say to a query: which records, or why none. Pure but for the signatures.
 *
 * What does not exist is denied as compactly as RFC 9824 has it: an NSEC of the very name that
 * was asked, so there is one signature to make, no name to invent, and nothing that a resolver
 * could make answers for other nonces of (RFC 8198).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_DNS_ANSWER_H
#define FONTAINE_IPV6TEST_DNS_ANSWER_H

#include "ipv6test/dns_reply.h"
#include "ipv6test/signer.h"

/** Where a query is answered from. */
struct dns_answerer {
	const struct zones *zones;
	struct signer *signer;
	int64_t now_s; /* since 1970 */
	bool udp;
};

/** The zone of @q's name; NULL when it is none of ours, or @q is nothing to be answered with records. */
const struct zone *dns_answer_zone(const struct zones *zones, const struct dns_query *q);

/**
 * Complete @reply, which was begun, with the answer to its query; @zone as dns_answer_zone() says.
 * Return: its code; DNS_SERVFAIL when what it takes could not be signed.
 */
enum dns_rcode dns_answer(const struct dns_answerer *a, const struct zone *zone, struct dns_reply *reply);

/** Whether the answer is to come ZONE_LATE_MS late. */
bool dns_answer_is_late(const struct zone *zone, const struct dns_query *q);

#endif
