/* A question to a time server. */
/* SPDX-License-Identifier: MIT */
#include "probe/ntp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Offsets in the packet (RFC 5905, 7.3). */
enum {
	AT_MODE = 0,
	AT_STRATUM = 1,
	AT_ROOT_DELAY = 4,
	AT_ROOT_DISPERSION = 8,
	AT_ORIGIN = 24,
	AT_RECEIVE = 32,
	AT_TRANSMIT = 40,
};

enum {
	VERSION = 4,
	MODE_CLIENT = 3,
	MODE_SERVER = 4,
	LEAP_UNSYNCHRONISED = 3,
	STRATUM_MAX = 15,
};

static const double era_s = 4294967296.0;        /* how long 32 bits of seconds last */
static const double unix_epoch_s = 2208988800.0; /* since 1900 */
static const double offset_max_s = 0.1;          /* this machine's clock follows the same server */
static const double distance_max_s = 1.5;        /* (RFC 5905, 11.2.1: MAXDIST) */

void ntp_question(uint64_t nonce, uint8_t out[NTP_PACKET_BYTES])
{
	memset(out, 0, NTP_PACKET_BYTES);
	out[AT_MODE] = VERSION << 3 | MODE_CLIENT;
	memcpy(out + AT_TRANSMIT, &nonce, sizeof(nonce));
}

static double get_32(const uint8_t *at)
{
	return (double)((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]);
}

/** A short format (RFC 5905, 6). */
static double get_short_s(const uint8_t *at)
{
	return get_32(at) / 65536;
}

/** The time at @at, in the era that brings it closest to @near_s. */
static double get_time_s(const uint8_t *at, double near_s)
{
	double s = get_32(at) - unix_epoch_s + get_32(at + 4) / era_s;

	return s + round((near_s - s) / era_s) * era_s;
}

const char *ntp_answer(const uint8_t *packet, size_t len, uint64_t nonce, struct ntp_reading *r)
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
	double received_s = get_time_s(packet + AT_RECEIVE, r->asked_s);
	double sent_s = get_time_s(packet + AT_TRANSMIT, r->now_s);
	r->stratum = packet[AT_STRATUM];
	r->offset_s = (received_s - r->asked_s + sent_s - r->now_s) / 2; /* (RFC 5905, 8) */
	r->delay_s = r->now_s - r->asked_s - (sent_s - received_s);
	r->distance_s = get_short_s(packet + AT_ROOT_DELAY) / 2 + get_short_s(packet + AT_ROOT_DISPERSION);
	return NULL;
}

const char *ntp_judge(const struct ntp_reading *r, char room[NTP_WRONG_MAX])
{
	if (fabs(r->offset_s) > offset_max_s + fabs(r->delay_s) / 2)
		(void)snprintf(room, NTP_WRONG_MAX, "its time is %.3f s %s this machine's clock", fabs(r->offset_s),
		               r->offset_s > 0 ? "ahead of" : "behind");
	else if (r->distance_s > distance_max_s)
		(void)snprintf(room, NTP_WRONG_MAX, "its time may be wrong by %.3f s", r->distance_s);
	else
		return NULL;
	return room;
}

/* Records of NTS (RFC 8915, 4): a type, whose highest bit says that it must be understood, and a length before each. */
enum {
	RECORD_HEAD_BYTES = 4,
	RECORD_END = 0,
	RECORD_ERROR = 2,
	RECORD_COOKIE = 5,
	RECORD_CRITICAL = 0x8000,
};

void nts_question(uint8_t out[NTS_QUESTION_BYTES])
{
	static const uint8_t question[NTS_QUESTION_BYTES] = {
		0x80, 1, 0, 2, 0, 0,  /* the next protocol is NTP, */
		0x80, 4, 0, 2, 0, 15, /* its keys are for AEAD_AES_SIV_CMAC_256; */
		0x80, 0, 0, 0,        /* that is all */
	};

	memcpy(out, question, sizeof(question));
}

/** Find the record of @type. Return: whether it is there as a whole. */
static bool nts_has(const uint8_t *answer, size_t len, unsigned type)
{
	for (size_t at = 0; len - at >= RECORD_HEAD_BYTES;) {
		unsigned found = (unsigned)(answer[at] << 8 | answer[at + 1]) & ~(unsigned)RECORD_CRITICAL;
		size_t bytes = RECORD_HEAD_BYTES + (size_t)(answer[at + 2] << 8 | answer[at + 3]);
		if (bytes > len - at)
			return false;
		if (found == type)
			return true;
		at += bytes;
	}
	return false;
}

bool nts_is_whole(const uint8_t *answer, size_t len)
{
	return nts_has(answer, len, RECORD_END);
}

const char *nts_answer(const uint8_t *answer, size_t len)
{
	if (!nts_is_whole(answer, len))
		return "it gives no keys";
	if (nts_has(answer, len, RECORD_ERROR))
		return "it refuses to give keys";
	return nts_has(answer, len, RECORD_COOKIE) ? NULL : "it gives keys without cookies";
}
