/* The keys of the signed test zones, and signatures made with them (RFC 4034). ldns makes both. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_SIGN_H
#define FONTAINE_IPV6TEST_SIGN_H

#include "ipv6test/dns_query.h"

#include <stdio.h>
#include <time.h>

enum {
	SIGN_RSA_SHA256 = 8, /* 2048 bits (RFC 5702) */
	SIGN_ECDSA_P256 = 13,
	SIGN_ED25519 = 15,
	SIGN_KEY_MAX_BYTES = 300,                       /* of a DNSKEY's data */
	SIGN_MAX_BYTES = 18 + DNS_NAME_MAX_BYTES + 256, /* of an RRSIG's data */
};

struct sign_key; /* opaque; release with sign_key_free(). Threads may share it. */

/** Make a key and write it to @file, as ldns-keygen(1) does. Return: 0, or a negative errno. */
int sign_key_make(uint8_t algorithm, FILE *file);

/** Read one from @file. Return: 0, or -EINVAL when it has none of @algorithm. */
int sign_key_read(FILE *file, uint8_t algorithm, struct sign_key **ret);
void sign_key_free(struct sign_key *k);

/** Its DNSKEY's data, borrowed. */
const uint8_t *sign_key_data(const struct sign_key *k, size_t *ret_len);

/** Write the DS record of zone @owner to @file, as a line of a zone file (SHA-256). */
void sign_key_print_ds(const struct sign_key *k, const char *owner, FILE *file);

/** A record alone in its set; names are in lower case, all is borrowed. */
struct sign_record {
	const struct dns_name *owner, *signer;
	uint16_t type;
	uint32_t ttl_s;
	const uint8_t *data;
	size_t len;
	uint32_t from, until; /* seconds since 1970, modulo 2^32 */
};

/** Write the data of the record's RRSIG. Return: its length, or -EIO when OpenSSL fails. */
int sign_record(const struct sign_key *k, const struct sign_record *record, uint8_t ret[SIGN_MAX_BYTES]);

#endif
