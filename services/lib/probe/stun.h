/* A question to a STUN server: under which address it sees us (RFC 8489). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PROBE_STUN_H
#define FONTAINE_PROBE_STUN_H

#include <stddef.h>
#include <stdint.h>

enum {
	STUN_QUESTION_BYTES = 20,
	STUN_ID_BYTES = 12,
};

/** Write a binding request; @id is its transaction's number. */
void stun_question(const uint8_t id[STUN_ID_BYTES], uint8_t out[STUN_QUESTION_BYTES]);

/** Read the answer to @id. Return: NULL when it tells an address; else what is wrong with it, for people. */
const char *stun_answer(const uint8_t *packet, size_t len, const uint8_t id[STUN_ID_BYTES]);

#endif
