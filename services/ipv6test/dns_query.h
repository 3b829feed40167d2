/*
 * A DNS query, read from the bytes that somebody sent. Pure.
 *
 * Of our own, not ldns: header, question and OPT (RFC 1035, 4.1; RFC 6891, 6.1) are all
 * that is looked at, on the path of every query, and it takes no memory. ldns makes an
 * object of each name and record, which costs more than all the rest of an answer.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_DNS_QUERY_H
#define FONTAINE_IPV6TEST_DNS_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DNS_NAME_MAX_BYTES = 255, /* RFC 1035, 2.3.4 */
	DNS_LABEL_MAX_BYTES = 63,
	DNS_LABELS_MAX = 127,
	DNS_HEADER_BYTES = 12,
	DNS_PLAIN_UDP_BYTES = 512, /* the longest answer without EDNS */
};

/** Types and the one class (IANA, "DNS parameters"). */
enum {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_AAAA = 28,
	DNS_OPT = 41,
	DNS_DS = 43,
	DNS_RRSIG = 46,
	DNS_NSEC = 47,
	DNS_DNSKEY = 48,
	DNS_HTTPS = 65,
	DNS_NXNAME = 128, /* RFC 9824, 3.5 */
	DNS_TKEY = 249,
	DNS_TSIG = 250,
	DNS_IXFR = 251,
	DNS_AXFR = 252,
	DNS_ANY = 255,
	DNS_IN = 1,
};

enum dns_rcode {
	DNS_NOERROR = 0,
	DNS_FORMERR = 1,
	DNS_SERVFAIL = 2,
	DNS_NXDOMAIN = 3,
	DNS_NOTIMP = 4,
	DNS_REFUSED = 5,
	DNS_BADVERS = 16, /* the upper bits stand in OPT */
};

/** A name as it travels, uncompressed and in lower case. */
struct dns_name {
	uint8_t bytes[DNS_NAME_MAX_BYTES];
	uint8_t label_at[DNS_LABELS_MAX]; /* where each label's length stands, without the root's */
	uint8_t len;                      /* with the root's length byte */
	uint8_t n_labels;
};

/** The client's network, as a resolver tells it (RFC 7871, 6). */
struct dns_client_subnet {
	uint8_t family; /* 1: IPv4, 2: IPv6, 0: none; RFC 7871 takes the numbers of IANA's "address families" */
	uint8_t prefix_len;
	uint8_t address[16]; /* host bits are zero */
};

struct dns_query {
	uint16_t id;
	uint8_t opcode;
	bool recursion_desired;
	bool has_question; /* it could be read: name to mixed_case are valid */
	struct dns_name name;
	uint16_t type, class;
	bool mixed_case; /* letters of both cases: draft-vixie-dnsext-dns0x20 */
	bool edns;       /* the rest is valid */
	bool dnssec_ok;
	uint8_t edns_version;
	uint16_t buffer_bytes;
	struct dns_client_subnet subnet;
};

/**
 * Read the @len bytes of @message.
 * Return: DNS_NOERROR, or with what to refuse it: FORMERR, NOTIMP (no plain query) or BADVERS;
 * or -EBADMSG when no answer may be given: too short, or itself an answer.
 */
int dns_query_parse(const uint8_t *message, size_t len, struct dns_query *ret);

/** Make @ret of "www.example.net", with or without a dot at the end. Return: 0, or -EINVAL. */
int dns_name_parse(const char *text, struct dns_name *ret);

/** Whether @name ends with the @n_labels labels of @tail. */
bool dns_name_ends_with(const struct dns_name *name, const struct dns_name *tail);

#endif
