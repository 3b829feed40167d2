/* What the handlers of ipv6testd share, and its metrics. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_IPV6TEST_H
#define FONTAINE_IPV6TEST_IPV6TEST_H

#include "ipv6test/nonce.h"
#include "net/archive.h"
#include "net/http.h"

struct dns;
struct http_daemon;
struct pop;
struct readiness;
struct session;
struct share;
struct who;
struct whose;

extern const struct http_route ipv6test_routes[];

/** One for all workers; what handlers get as data. */
struct ipv6test {
	const struct pop *pop;
	const struct http_daemon *daemon;
	struct nonce_key nonce_key;
	struct session *session;
	struct whose *whose;
	struct who *who;
	struct archive_config archive_config;
	struct archive *archive;
	struct share *share;
	struct dns *dns;
	struct readiness *readiness;
};

/** The clock of nonces: seconds that never go back. */
uint64_t ipv6test_now_s(void);

#endif
