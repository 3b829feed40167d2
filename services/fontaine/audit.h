/* The running POP, asked from outside: what each check has to ask with. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_AUDIT_H
#define FONTAINE_FONTAINE_AUDIT_H

#include "fontaine/audit_judge.h"
#include "probe/exchange.h"

#include <openssl/types.h>

struct audit {
	const struct pop *pop;
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n;
	struct addr strangers[2]; /* addresses of nobody's, IPv4 and IPv6, on this machine for as long as it takes */
	bool has_strangers;
	SSL_CTX *tls; /* trusts any certificate */
};

/** Carries one check out; @ret is AUDIT_PASS with an empty text before. */
typedef void (*audit_check)(const struct audit *a, struct audit_finding *ret);

/* DNS: audit_dns.c. */
void audit_resolver_strangers(const struct audit *a, struct audit_finding *ret);
void audit_resolver_size(const struct audit *a, struct audit_finding *ret);
void audit_resolver_identity(const struct audit *a, struct audit_finding *ret);
void audit_resolver_cookies(const struct audit *a, struct audit_finding *ret);
void audit_resolver_bogus(const struct audit *a, struct audit_finding *ret);
void audit_resolver_privacy(const struct audit *a, struct audit_finding *ret);
void audit_zones_recursion(const struct audit *a, struct audit_finding *ret);
void audit_zones_size(const struct audit *a, struct audit_finding *ret);
void audit_zones_identity(const struct audit *a, struct audit_finding *ret);
void audit_zones_cookies(const struct audit *a, struct audit_finding *ret);
void audit_zones_transfer(const struct audit *a, struct audit_finding *ret);
void audit_zones_rate(const struct audit *a, struct audit_finding *ret);
void audit_zones_apart(const struct audit *a, struct audit_finding *ret);

/* Time: audit_time.c. */
void audit_time_answer(const struct audit *a, struct audit_finding *ret);
void audit_time_control(const struct audit *a, struct audit_finding *ret);
void audit_time_rate(const struct audit *a, struct audit_finding *ret);
void audit_time_sources(const struct audit *a, struct audit_finding *ret);

/* Pages and TLS: audit_web.c. */
void audit_pages_head(const struct audit *a, struct audit_finding *ret);
void audit_pages_hsts(const struct audit *a, struct audit_finding *ret);
void audit_tls_versions(const struct audit *a, struct audit_finding *ret);
void audit_tls_certificate(const struct audit *a, struct audit_finding *ret);

/* This machine: audit_host.c. */
void audit_host_secrets(const struct audit *a, struct audit_finding *ret);
void audit_host_exposure(const struct audit *a, struct audit_finding *ret);
void audit_host_sockets(const struct audit *a, struct audit_finding *ret);

/** exchange_udp(), but a datagram that is lost is none that is refused: three times at most. */
int audit_exchange_udp(struct exchange *x);

/** The stranger's address to ask @to from; NULL when there is none: then @f says so. */
const struct addr *audit_stranger(const struct audit *a, const struct addr *to, struct audit_finding *f);

#endif
