/*
 * The zones that are answered live, one for each test. Pure.
 *
 * Below a test's zone there is what looks like a nonce, and anything below that: what is
 * asked of it is the same for each. All else does not exist, but for the name where a CA looks
 * for whose the zone is (RFC 8555, 8.4): it leads to one in the POP's own zone.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_ZONE_H
#define FONTAINE_IPV6TEST_ZONE_H

#include "ipv6test/dns_query.h"
#include "ipv6test/nonce.h"

enum {
	ZONES_MAX = 32,
	ZONE_ADDRESS_TTL_S = 60,
	ZONE_TTL_S = 3600,        /* of what belongs to a zone */
	ZONE_NEGATIVE_TTL_S = 60, /* how long "no" is believed */
	ZONE_LATE_MS = 1000,
};

/** What becomes of the signatures below a nonce; a CA finds no fault with the zone itself. */
enum zone_signatures {
	ZONE_UNSIGNED,
	ZONE_SIGNED,
	ZONE_BOGUS,   /* they are false */
	ZONE_EXPIRED, /* they were good until a while ago */
	ZONE_NOSIG,   /* there are none */
};

enum zone_aaaa {
	ZONE_AAAA_NONE,
	ZONE_AAAA_OWN,
	ZONE_AAAA_MTU,       /* behind the link of 1280 bytes */
	ZONE_AAAA_BLACKHOLE, /* where nobody answers */
};

/** One row of the table of tests. */
struct zone_test {
	const char *label;
	bool a;
	enum zone_aaaa aaaa;
	const char *server; /* label of its name server */
	enum zone_signatures signatures;
	uint8_t algorithm; /* of DNSSEC; 0: none */
	bool tcp_only;     /* over UDP there is nothing but TC */
	bool late;         /* an AAAA comes ZONE_LATE_MS late */
	bool minimisation; /* asked one label deeper than the others */
	const char *only;  /* the one name in it, instead of nonces */
};

/** What a POP says of its test; NULL for what it has not. */
struct zone_settings {
	const char *domain;  /* the test's own: "ipv6test.pop.example" */
	const char *contact; /* mail address */
	const char *ipv4, *ipv6, *mtu_ipv6, *blackhole_ipv6;
	const char *const *tests; /* labels of those that it serves */
	size_t n_tests;
};

/** A record's data as it travels. */
struct zone_data {
	uint8_t bytes[2 * DNS_NAME_MAX_BYTES + 20];
	uint16_t len; /* 0: there is no such record */
};

struct zone {
	const struct zone_test *test;
	unsigned index; /* in the list */
	struct dns_name apex;
	struct zone_data soa, ns, a, aaaa;
	struct zone_data challenge; /* where the CA's name leads to */
};

struct zones {
	struct zone list[ZONES_MAX];
	unsigned n;
};

/**
 * Make the zones of the tests. Release with free().
 * Return: 0, or -EINVAL (logged) when a test's names would be too long.
 */
int zones_new(const struct zone_settings *settings, struct zones **ret);

/** The zone that @name is in, or NULL. */
const struct zone *zones_find(const struct zones *zones, const struct dns_name *name);

/** Labels of @name below the zone's apex. */
unsigned zone_depth(const struct zone *z, const struct dns_name *name);

/** Whether @name, which is in the zone, exists. */
bool zone_has(const struct zone *z, const struct dns_name *name);

/** Whether @name, which is in the zone, is where a CA looks. */
bool zone_is_challenge(const struct zone *z, const struct dns_name *name);

/** What stands for a nonce in @name, which is in the zone: NONCE_LEN bytes, not ended by NUL; or NULL. */
const char *zone_nonce(const struct zone *z, const struct dns_name *name);

#endif
