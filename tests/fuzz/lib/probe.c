/*
 * Answers of DNS, DNS over HTTPS, NTP, NTS, QUIC and STUN, as healthd and `fontaine` read them. The numbers that an
 * answer must repeat are taken out of it: else hardly any would be read on.
 */
/* SPDX-License-Identifier: MIT */
#include "../fuzz.h"

#include "probe/dns.h"
#include "probe/doh.h"
#include "probe/ntp.h"
#include "probe/quic.h"
#include "probe/stun.h"

#include <stdio.h>

static void read_dns(const uint8_t *bytes, size_t len)
{
	struct dns_found found = {0};

	const char *wrong = dns_answer(bytes, len, fuzz_id(bytes, len), &found);
	(void)dns_judge_signature(&found, 1800000000);
	for (enum dns_trust t = DNS_INSECURE; t <= DNS_BOGUS; t++)
		(void)dns_judge_resolver(t, wrong, &found);
}

static void read_doh(const uint8_t *bytes, size_t len)
{
	const uint8_t *message;
	size_t message_len;

	for (size_t i = 0; i <= len; i += 1 + len / 8) /* it comes in pieces */
		(void)doh_is_whole(bytes, i);
	if (doh_message(bytes, len, &message, &message_len) == NULL) {
		assert(message >= bytes && message_len <= len - (size_t)(message - bytes));
		read_dns(message, message_len);
	}
}

static void read_ntp(const uint8_t *bytes, size_t len)
{
	struct ntp_reading reading = {.asked_s = 1800000000, .now_s = 1800000001};
	uint64_t nonce = 0;
	char room[NTP_WRONG_MAX];

	for (size_t i = 24; i < 32 && i < len; i++) /* the time that it repeats */
		nonce = nonce << 8 | bytes[i];
	if (ntp_answer(bytes, len, nonce, &reading) == NULL)
		(void)ntp_judge(&reading, room);
	for (size_t i = 0; i <= len; i += 1 + len / 8)
		(void)nts_is_whole(bytes, i);
	(void)nts_answer(bytes, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *bytes = (uint8_t *)fuzz_bytes(data, size);
	uint8_t id[STUN_ID_BYTES] = {0}, quic_id[QUIC_ID_BYTES] = {0};

	read_dns(bytes, size);
	read_doh(bytes, size);
	read_ntp(bytes, size);
	if (size >= 8 + STUN_ID_BYTES)
		memcpy(id, bytes + 8, STUN_ID_BYTES);
	(void)stun_answer(bytes, size, id);
	if (size >= 6 + QUIC_ID_BYTES)
		memcpy(quic_id, bytes + 6, QUIC_ID_BYTES);
	(void)quic_answer(bytes, size, quic_id);
	free(bytes);
	return 0;
}
