/* A question to a time server. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/ntp.h"

#include <string.h>

/* Offsets in the packet (RFC 5905, 7.3). */
enum {
	AT_MODE = 0,
	AT_STRATUM = 1,
	AT_ORIGIN = 24,
	AT_TRANSMIT = 40,
};

enum {
	VERSION = 4,
	MODE_CLIENT = 3,
	MODE_SERVER = 4,
	LEAP_UNSYNCHRONISED = 3,
	STRATUM_MAX = 15,
};

void ntp_question(uint64_t nonce, uint8_t out[NTP_PACKET_BYTES])
{
	memset(out, 0, NTP_PACKET_BYTES);
	out[AT_MODE] = VERSION << 3 | MODE_CLIENT;
	memcpy(out + AT_TRANSMIT, &nonce, sizeof(nonce));
}

const char *ntp_answer(const uint8_t *packet, size_t len, uint64_t nonce, unsigned *ret_stratum)
{
	if (len < NTP_PACKET_BYTES)
		return "the answer is too short";
	if ((packet[AT_MODE] & 7) != MODE_SERVER || memcmp(packet + AT_ORIGIN, &nonce, sizeof(nonce)) != 0)
		return "the answer is not to our question";
	if (packet[AT_MODE] >> 6 == LEAP_UNSYNCHRONISED)
		return "its clock is not synchronised";
	if (packet[AT_STRATUM] == 0)
		return "it refuses to answer";
	if (packet[AT_STRATUM] > STRATUM_MAX)
		return "it has no time source";
	*ret_stratum = packet[AT_STRATUM];
	return NULL;
}
