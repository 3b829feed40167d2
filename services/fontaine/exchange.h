/* One question to one socket, and its answer, within two seconds. Blocks: for a worker thread. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_EXCHANGE_H
#define FONTAINE_FONTAINE_EXCHANGE_H

#include "base/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	EXCHANGE_LIMIT_MS = 2000,
	ANSWER_MAX_BYTES = 16384,
};

struct exchange {
	const struct addr *to;
	const void *question;
	size_t question_len;
	bool is_from_loopback; /* ask as what one service of a machine is to another */
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

#endif
