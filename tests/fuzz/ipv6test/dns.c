/*
 * Queries to the name server of the IPv6 test (ipv6test/dns_query.h, ipv6test/dns_answer.h), over UDP and over TCP:
 * ldns can read every answer, which has the question's number and fits into what the client takes.
 */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns_answer.h"

#include "../fuzz.h"

#include <ldns/ldns.h>

enum { NOW_S = 1800000000 };

static const char *const served[] = {"a", "aaaa", "ds", "late", "tcp", "qmin", "v6ns", "alg13", "bogus", "nosig"};

static struct zones *zones;
static struct signer *signer;

static void start(void)
{
	static struct sign_key *keys[SIGNER_ALGORITHMS];
	static const struct zone_settings settings = {
		.domain = "ipv6test.pop.example",
		.contact = "noc@example.net",
		.ipv4 = "192.0.2.1",
		.ipv6 = "2001:db8::1",
		.tests = served,
		.n_tests = sizeof(served) / sizeof(*served),
	};
	FILE *file = tmpfile();

	assert(file != NULL && sign_key_make(SIGN_ECDSA_P256, file) == 0);
	rewind(file);
	assert(sign_key_read(file, SIGN_ECDSA_P256, &keys[SIGN_ECDSA_P256]) == 0);
	(void)fclose(file);
	assert(zones_new(&settings, &zones) == 0);
	signer = signer_new(zones, keys);
}

static void answer(const struct dns_query *q, const uint8_t *message, bool udp)
{
	uint8_t *bytes = mem_new(DNS_REPLY_MAX_BYTES);
	const struct dns_answerer from = {zones, signer, NOW_S, udp};
	const struct zone *zone = dns_answer_zone(zones, q);
	struct dns_reply reply;
	ldns_pkt *p;

	dns_reply_begin(&reply, q, message, bytes, udp);
	dns_reply_end(&reply, zone == NULL ? DNS_REFUSED : dns_answer(&from, zone, &reply), zone != NULL);
	assert(reply.len <= (udp ? DNS_UDP_MAX_BYTES : DNS_REPLY_MAX_BYTES));
	assert(ldns_wire2pkt(&p, bytes, reply.len) == LDNS_STATUS_OK);
	assert(ldns_pkt_id(p) == q->id && ldns_pkt_qr(p));
	ldns_pkt_free(p);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_query q;

	if (zones == NULL)
		start();
	uint8_t *message = (uint8_t *)fuzz_bytes(data, size);
	if (dns_query_parse(message, size, &q) == DNS_NOERROR) {
		answer(&q, message, true);
		answer(&q, message, false);
	}
	free(message);
	return 0;
}
