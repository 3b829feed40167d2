/* Whether a message is the answer to a question that was asked. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_DNS_MATCH_H
#define FONTAINE_NET_DNS_MATCH_H

#include <stdbool.h> /* before ldns, whose _Bool is a signed char otherwise */

#include <ldns/ldns.h>

/**
 * Read the @len @bytes that came for the question @asked with the number @id (RFC 1035, 4.1; RFC 5452, 9).
 * Return: the answer, for ldns_pkt_free(); or NULL: it is none to that, or no message at all.
 */
ldns_pkt *dns_match(const ldns_rr *asked, uint16_t id, const uint8_t *bytes, size_t len);

#endif
