/* One question to one socket, and its answer, within a limit. Blocks: for a worker thread. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PROBE_EXCHANGE_H
#define FONTAINE_PROBE_EXCHANGE_H

#include "base/addr.h"

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ANSWER_MAX_BYTES = 16384 };

/* For TLS: the cheapest ones, for nothing secret is asked. */
#define EXCHANGE_GROUPS "X25519:P-256"
#define EXCHANGE_CIPHER "TLS_AES_128_GCM_SHA256" /* that every server has (RFC 8446, 9.1): one is looked up, not six */

struct ssl_session_st; /* SSL_SESSION */

struct exchange {
	const struct addr *to;
	const void *question;
	size_t question_len;
	const char *alpn; /* what TLS is to carry: "h2", "dot", "doq"; NULL: not said */
	unsigned limit_ms;
	SSL_CTX *tls; /* exchange_tls() uses it */
	/* What exchange_tls() goes on with, which saves most of a handshake, and what comes of it; *session may be
	 * NULL, and is freed by SSL_SESSION_free(). NULL: each time a new one. */
	struct ssl_session_st **session;
	/* Ask as what one service of a machine is to another, and over IPv4 seldom as the same one twice. */
	bool is_from_loopback;
	const struct addr *from; /* an own address to ask from; NULL: not said */
	/** Whether the first @len bytes of a stream are all of the answer; NULL: only its end tells. */
	bool (*is_whole)(const uint8_t *answer, size_t len);

	/* What came back: always one byte 0 after it. What a longer stream has more is left. */
	uint8_t answer[ANSWER_MAX_BYTES + 1];
	size_t answer_len;
	double took_ms;
};

/**
 * Each returns 0, -ETIMEDOUT, or another negative errno; TLS gives -EPROTO too,
 * trusts any certificate, and wants SIGPIPE ignored.
 */
int exchange_udp(struct exchange *x);
int exchange_tcp(struct exchange *x);
int exchange_tls(struct exchange *x);

/** The same over one stream of QUIC, which the question ends (RFC 9000); wants alpn. */
int exchange_quic(struct exchange *x);

#endif
