/* A question to a time server, and what its answer is worth (RFC 5905). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_NTP_H
#define FONTAINE_FONTAINE_NTP_H

#include <stddef.h>
#include <stdint.h>

enum { NTP_PACKET_BYTES = 48 };

/** Write a client's question; @nonce stands for the time that it does not tell. */
void ntp_question(uint64_t nonce, uint8_t out[NTP_PACKET_BYTES]);

/**
 * Read the answer to @nonce.
 * Return: NULL and *ret_stratum; else what is wrong with it, for people.
 */
const char *ntp_answer(const uint8_t *packet, size_t len, uint64_t nonce, unsigned *ret_stratum);

#endif
