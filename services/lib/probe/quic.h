/* Whether a server speaks QUIC version 1, by what it says to a version that nobody has (RFC 8999, RFC 9000). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PROBE_QUIC_H
#define FONTAINE_PROBE_QUIC_H

#include <stddef.h>
#include <stdint.h>

enum {
	QUIC_QUESTION_BYTES = 1200, /* to less, nobody needs to answer (RFC 9000, 14.1) */
	QUIC_ID_BYTES = 8,
};

/** Write a packet of a version reserved for this (RFC 9000, 15); @id: of our end of the connection. */
void quic_question(const uint8_t id[QUIC_ID_BYTES], uint8_t out[QUIC_QUESTION_BYTES]);

/** Read the answer to @id. Return: NULL when version 1 is among those it offers; else what is wrong, for people. */
const char *quic_answer(const uint8_t *packet, size_t len, const uint8_t id[QUIC_ID_BYTES]);

#endif
