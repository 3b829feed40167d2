/* SPDX-License-Identifier: MIT */
#include "probe/quic.h"

#include <string.h>

/* Offsets in the head of a long packet whose connection IDs both have QUIC_ID_BYTES (RFC 8999, 5.1). */
enum {
	AT_VERSION = 1,
	AT_TO_LEN = 5,
	AT_TO = 6,
	AT_FROM_LEN = AT_TO + QUIC_ID_BYTES,
	AT_FROM = AT_FROM_LEN + 1,
	AT_REST = AT_FROM + QUIC_ID_BYTES,
};

enum {
	VERSION_BYTES = 4,
	LONG_HEADER = 0xc0,
	FORM_LONG = 0x80,
};

static const uint8_t reserved[VERSION_BYTES] = {0x1a, 0x2a, 0x3a, 0x4a};
static const uint8_t negotiation[VERSION_BYTES] = {0, 0, 0, 0}, version_1[VERSION_BYTES] = {0, 0, 0, 1};

/* The server's end has the same ID, which it only repeats. */
void quic_question(const uint8_t id[QUIC_ID_BYTES], uint8_t out[QUIC_QUESTION_BYTES])
{
	memset(out, 0, QUIC_QUESTION_BYTES);
	out[0] = LONG_HEADER;
	memcpy(out + AT_VERSION, reserved, VERSION_BYTES);
	out[AT_TO_LEN] = out[AT_FROM_LEN] = QUIC_ID_BYTES;
	memcpy(out + AT_TO, id, QUIC_ID_BYTES);
	memcpy(out + AT_FROM, id, QUIC_ID_BYTES);
}

const char *quic_answer(const uint8_t *packet, size_t len, const uint8_t id[QUIC_ID_BYTES])
{
	if (len < AT_REST || !(packet[0] & FORM_LONG) || memcmp(packet + AT_VERSION, negotiation, VERSION_BYTES) != 0)
		return "it answers without its versions";
	if (packet[AT_TO_LEN] != QUIC_ID_BYTES || memcmp(packet + AT_TO, id, QUIC_ID_BYTES) != 0 ||
	    packet[AT_FROM_LEN] != QUIC_ID_BYTES || memcmp(packet + AT_FROM, id, QUIC_ID_BYTES) != 0)
		return "the answer is not to our question";
	for (size_t at = AT_REST; at + VERSION_BYTES <= len; at += VERSION_BYTES)
		if (memcmp(packet + at, version_1, VERSION_BYTES) == 0)
			return NULL;
	return "it does not speak version 1";
}
