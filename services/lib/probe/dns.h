/* A question to a name server for a zone's SOA record (RFC 1035). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PROBE_DNS_H
#define FONTAINE_PROBE_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DNS_OPT_BYTES = 11,
	DNS_QUESTION_MAX_BYTES = 12 + 255 + 4 + DNS_OPT_BYTES,
	DNS_SERVFAIL = 2, /* rcode of what does not validate too */
};

/**
 * Ask for the SOA of @zone, a domain name without a dot at its end; "" is the root. @signatures: and for
 * those (DO). Return: bytes written.
 */
size_t dns_question(uint16_t id, const char *zone, bool signatures, uint8_t out[DNS_QUESTION_MAX_BYTES]);

struct dns_found {
	unsigned rcode;
	bool is_validated; /* AD (RFC 4035, 3.2.3) */
	uint32_t serial;
	/* Of the SOA's signature; times as serial numbers (RFC 4034, 3.1.5). */
	bool is_signed;
	uint32_t begins, expires;
};

/**
 * Read the answer to @id.
 * Return: NULL and *ret of the SOA; else what is wrong with it, for people: ret->rcode then has the answer's
 * code, if it was an answer to us.
 */
const char *dns_answer(const uint8_t *message, size_t len, uint16_t id, struct dns_found *ret);

/** Return: NULL when the SOA was signed validly at @now, Unix seconds; else what is wrong, for people. */
const char *dns_judge_signature(const struct dns_found *f, uint32_t now);

/** What a name is to a resolver that validates. */
enum dns_trust {
	DNS_INSECURE, /* nothing vouches for it */
	DNS_SECURE,
	DNS_BOGUS, /* its signature is wrong */
};

/** @wrong, @f: of dns_answer(). Return: NULL when a resolver has to answer so, else what is wrong, for people. */
const char *dns_judge_resolver(enum dns_trust name, const char *wrong, const struct dns_found *f);

#endif
