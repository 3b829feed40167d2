/* A question to a time server, and what its answer is worth (RFC 5905). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PROBE_NTP_H
#define FONTAINE_PROBE_NTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NTP_PACKET_BYTES = 48 };

/** Write a client's question; @nonce stands for the time that it does not tell. */
void ntp_question(uint64_t nonce, uint8_t out[NTP_PACKET_BYTES]);

/** What an answer tells. Times are seconds, those of clocks since 1970. */
struct ntp_reading {
	double asked_s, now_s; /* by our clock: when we asked, and when the answer was here; the caller's to set */
	unsigned stratum;
	double offset_s;   /* of its clock against ours */
	double delay_s;    /* of question and answer on their way */
	double distance_s; /* by how much it says that it may be wrong: root distance (RFC 5905, 11.2) */
};

/** Read the answer to @nonce. Return: NULL and the rest of *r; else what is wrong with it, for people. */
const char *ntp_answer(const uint8_t *packet, size_t len, uint64_t nonce, struct ntp_reading *r);

enum { NTP_WRONG_MAX = 96 };

/** Whether such a time may be served. Return: NULL; else what is wrong, in @room. */
const char *ntp_judge(const struct ntp_reading *r, char room[NTP_WRONG_MAX]);

/** What asks for keys (RFC 8915, 4), over TLS with ALPN "ntske/1". */
enum { NTS_QUESTION_BYTES = 16 };

void nts_question(uint8_t out[NTS_QUESTION_BYTES]);

/** Whether the first @len bytes are all of the answer. */
bool nts_is_whole(const uint8_t *answer, size_t len);

/** Return: NULL when the answer has cookies; else what is wrong with it, for people. */
const char *nts_answer(const uint8_t *answer, size_t len);

#endif
