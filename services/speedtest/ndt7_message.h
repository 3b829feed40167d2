/*
 * What an ndt7 server says, how much and how often (ndt7 protocol, v0.11). Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_NDT7_MESSAGE_H
#define FONTAINE_SPEEDTEST_NDT7_MESSAGE_H

#include "base/addr.h"
#include "net/tcp.h"

#include <stdint.h>

enum {
	NDT7_MESSAGE_MIN_BYTES = 8 << 10,
	NDT7_MESSAGE_MAX_BYTES = 1 << 20, /* the most that clients of the field read */
	NDT7_UUID_MAX = 33,
	NDT7_TIME_MAX = 32,
};

/** The size of the binary message after one of @bytes, once @sent_bytes went out: only fast clients get large ones. */
uint32_t ndt7_message_bytes(uint32_t bytes, uint64_t sent_bytes);

/** The pause before the next measurement, 25 to 625 ms, 250 on average; @random is any 32 bits. */
uint32_t ndt7_pause_ms(uint32_t random);

/** Write "2019-07-16T15:26:05.987748Z" (RFC 3339). */
void ndt7_time(int64_t unix_us, char ret[NDT7_TIME_MAX]);

/** Borrows all that it points to. */
struct ndt7_measurement {
	const char *test; /* "download" or "upload" */
	const struct addr *client, *server;
	const char *uuid;            /* of the connection */
	const char *start_time;      /* as ndt7_time() writes it */
	uint64_t elapsed_us;         /* since then */
	uint64_t bytes;              /* of binary messages, moved so far */
	const struct tcp_stats *tcp; /* NULL: not known */
	const struct tcp_bbr *bbr;   /* NULL: not used */
};

/** The measurement as JSON of *ret_len bytes. Release with free(). */
char *ndt7_measurement_json(const struct ndt7_measurement *m, size_t *ret_len);

#endif
