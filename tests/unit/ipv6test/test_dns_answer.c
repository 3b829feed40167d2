/* What is answered to each query, as ldns reads it, and whether the signatures are what the test wants. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns_answer.h"

#include <ldns/ldns.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NONCE        "abcdefghijklmnopqrstuvwxyz"

enum { NOW_S = 1800000000 };

static const char *const served[] = {"a", "aaaa", "ds", "mtu", "late", "tcp", "qmin", "v6ns",
                                     "alg8", "alg13", "alg15", "bogus", "expired", "nosig"};

static struct zones *zones;
static struct sign_key *keys[SIGNER_ALGORITHMS];
static struct signer *signer;

static int setup(void **state)
{
	static const uint8_t algorithms[] = {SIGN_RSA_SHA256, SIGN_ECDSA_P256, SIGN_ED25519};
	static const struct zone_settings settings = {
		.domain = "ipv6test.pop.example",
		.contact = "noc@example.net",
		.ipv4 = "192.0.2.1",
		.ipv6 = "2001:db8::1",
		.mtu_ipv6 = "2001:db8::2",
		.tests = served,
		.n_tests = COUNT(served),
	};
	(void)state;

	for (size_t i = 0; i < COUNT(algorithms); i++) {
		FILE *file = tmpfile();
		assert_int_equal(sign_key_make(algorithms[i], file), 0);
		rewind(file);
		assert_int_equal(sign_key_read(file, algorithms[i], &keys[algorithms[i]]), 0);
		(void)fclose(file);
	}
	signer = NULL;
	return zones_new(&settings, &zones);
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < SIGNER_ALGORITHMS; i++)
		if (keys[i] != NULL)
			sign_key_free(keys[i]);
	free(zones);
	return 0;
}

static int setup_signer(void **state)
{
	(void)state;
	signer = signer_new(zones, keys);
	return 0;
}

static int teardown_signer(void **state)
{
	(void)state;
	signer_free(signer);
	return 0;
}

/** How a query is asked. */
struct how {
	bool udp;
	unsigned buffer_bytes; /* 0: no EDNS */
	bool dnssec_ok;
	int64_t now_s;
};

static const struct how plain = {.udp = true, .now_s = NOW_S};
static const struct how secure = {.udp = true, .buffer_bytes = 1232, .dnssec_ok = true, .now_s = NOW_S};

/* A query with EDNS, DO and an option. Return: its length. */
static size_t question_wire(const char *name, uint8_t ret[512])
{
	static const uint8_t head[] = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1};
	static const uint8_t tail[] = {0, 1, 0, 1, 0, 0, 41, 4, 208, 0, 0, 128, 0,
	                               0, 11, 0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2};
	struct dns_name wire;

	assert_int_equal(dns_name_parse(name, &wire), 0);
	memcpy(ret, head, sizeof(head));
	memcpy(ret + sizeof(head), wire.bytes, wire.len);
	memcpy(ret + sizeof(head) + wire.len, tail, sizeof(tail));
	return sizeof(head) + wire.len + sizeof(tail);
}

/* The answer, as it travels, to a query that ldns makes. Return: its length; 0: the zone is none of ours. */
static size_t answer(const char *name, ldns_rr_type type, const struct how *how, uint8_t ret[DNS_REPLY_MAX_BYTES])
{
	ldns_pkt *pkt = ldns_pkt_query_new(ldns_dname_new_frm_str(name), type, LDNS_RR_CLASS_IN, LDNS_RD);
	struct dns_query query;
	struct dns_reply reply;
	uint8_t *wire;
	size_t len;

	ldns_pkt_set_edns_udp_size(pkt, (uint16_t)how->buffer_bytes);
	ldns_pkt_set_edns_do(pkt, how->dnssec_ok);
	assert_int_equal(ldns_pkt2wire(&wire, pkt, &len), LDNS_STATUS_OK);
	ldns_pkt_free(pkt);
	assert_int_equal(dns_query_parse(wire, len, &query), DNS_NOERROR);
	const struct zone *zone = dns_answer_zone(zones, &query);
	if (zone != NULL) {
		struct dns_answerer from = {.zones = zones, .signer = signer, .now_s = how->now_s, .udp = how->udp};
		dns_reply_begin(&reply, &query, wire, ret, how->udp);
		(void)dns_answer(&from, zone, &reply);
	}
	free(wire);
	return zone == NULL ? 0 : reply.len;
}

/* The same, read by ldns. Release with ldns_pkt_free(). */
static ldns_pkt *ask(const char *name, ldns_rr_type type, const struct how *how)
{
	uint8_t wire[DNS_REPLY_MAX_BYTES];
	ldns_pkt *pkt = NULL;
	size_t len = answer(name, type, how, wire);

	assert_true(len > 0);
	assert_int_equal(ldns_wire2pkt(&pkt, wire, len), LDNS_STATUS_OK);
	return pkt;
}

static size_t count_of(const ldns_pkt *pkt, ldns_rr_type type, ldns_pkt_section section)
{
	ldns_rr_list *found = ldns_pkt_rr_list_by_type(pkt, type, section);
	size_t n = ldns_rr_list_rr_count(found);

	ldns_rr_list_deep_free(found);
	return n;
}

static void each_name_has_what_its_test_is_about(void **state)
{
	static const struct {
		const char *name;
		ldns_rr_type type;
		unsigned rcode;
		const char *data; /* of the only answer; NULL: none, but an SOA */
	} cases[] = {
		{NONCE ".a.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 0, "192.0.2.1"},
		{NONCE ".a.t.ipv6test.pop.example", LDNS_RR_TYPE_AAAA, 0, NULL},
		{NONCE ".aaaa.t.ipv6test.pop.example", LDNS_RR_TYPE_AAAA, 0, "2001:db8::1"},
		{NONCE ".mtu.t.ipv6test.pop.example", LDNS_RR_TYPE_AAAA, 0, "2001:db8::2"},
		{"AbCdEfGhIjKlMnOpQrStUvWxYz.DS.t.ipv6test.POP.example", LDNS_RR_TYPE_A, 0, "192.0.2.1"},
		{"x.y." NONCE ".ds.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 0, "192.0.2.1"},
		{NONCE ".ds.t.ipv6test.pop.example", LDNS_RR_TYPE_ANY, 0, "192.0.2.1"},
		{NONCE ".aaaa.t.ipv6test.pop.example", LDNS_RR_TYPE_ANY, 0, "2001:db8::1"},
		{NONCE ".ds.t.ipv6test.pop.example", LDNS_RR_TYPE_MX, 0, NULL},
		{NONCE ".ds.t.ipv6test.pop.example", (ldns_rr_type)65399, 0, NULL}, /* RFC 3597 */
		{NONCE ".ds.t.ipv6test.pop.example", LDNS_RR_TYPE_SOA, 0, NULL},
		{"abc.ds.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 3, NULL},
		{NONCE "2.ds.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 3, NULL},
		{"abcdefghijklmnopqrstuvwxy1.ds.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 3, NULL},
		{NONCE ".x.ds.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 3, NULL},
		{"ds.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 0, NULL},
		{"ds.t.ipv6test.pop.example", LDNS_RR_TYPE_DS, 0, NULL},
		{"ds.t.ipv6test.pop.example", LDNS_RR_TYPE_DNSKEY, 0, NULL},
		{"ds.t.ipv6test.pop.example", LDNS_RR_TYPE_NS, 0, "ns.ipv6test.pop.example."},
		{"v6ns.t.ipv6test.pop.example", LDNS_RR_TYPE_NS, 0, "ns6.ipv6test.pop.example."},
		{"ds.t.ipv6test.pop.example", LDNS_RR_TYPE_SOA, 0,
	         "ns.ipv6test.pop.example. noc.example.net. 1 7200 900 1209600 60"},
		{"ds.v6ns.ipv6test.pop.example", LDNS_RR_TYPE_AAAA, 0, "2001:db8::1"},
		{NONCE ".v6ns.ipv6test.pop.example", LDNS_RR_TYPE_AAAA, 3, NULL},
		{NONCE ".alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 0, "192.0.2.1"},
		{"nothing.alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_A, 3, NULL},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		ldns_pkt *pkt = ask(cases[i].name, cases[i].type, &plain);
		assert_int_equal(ldns_pkt_get_rcode(pkt), cases[i].rcode);
		assert_true(ldns_pkt_aa(pkt) && ldns_pkt_qr(pkt) && ldns_pkt_rd(pkt) && !ldns_pkt_tc(pkt));
		assert_int_equal(ldns_pkt_ancount(pkt), cases[i].data != NULL);
		assert_int_equal(ldns_pkt_nscount(pkt), cases[i].data == NULL);
		assert_int_equal(ldns_pkt_arcount(pkt), 0);
		if (cases[i].data == NULL) {
			assert_int_equal(count_of(pkt, LDNS_RR_TYPE_SOA, LDNS_SECTION_AUTHORITY), 1);
		} else {
			char *text = ldns_rr2str(ldns_rr_list_rr(ldns_pkt_answer(pkt), 0));
			if (strstr(text, cases[i].data) == NULL)
				fail_msg("%s: %s", cases[i].name, text);
			free(text);
		}
		ldns_pkt_free(pkt);
	}
}

static void names_of_others_are_none_of_ours(void **state)
{
	static const struct {
		const char *name;
		ldns_rr_type type;
	} cases[] = {
		{".", LDNS_RR_TYPE_NS},
		{"ipv6test.pop.example", LDNS_RR_TYPE_A},
		{"t.ipv6test.pop.example", LDNS_RR_TYPE_NS},
		{"he.t.ipv6test.pop.example", LDNS_RR_TYPE_SOA}, /* this POP has none */
		{"xds.t.ipv6test.pop.example", LDNS_RR_TYPE_A},
		{"ds.t.ipv6test.pop.example.net", LDNS_RR_TYPE_A},
		{"ds.t.ipv6test.pop.example", LDNS_RR_TYPE_AXFR},
		{"ds.t.ipv6test.pop.example", LDNS_RR_TYPE_IXFR},
	};
	uint8_t wire[DNS_REPLY_MAX_BYTES];
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(answer(cases[i].name, cases[i].type, &plain, wire), 0);
}

static void the_question_comes_back_as_it_was_written(void **state)
{
	static const char name[] = "AbCdEfGhIjKlMnOpQrStUvWxYz.dS.t.IPv6test.pop.example.";
	ldns_pkt *pkt = ask(name, LDNS_RR_TYPE_A, &plain);
	(void)state;

	char *question = ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_question(pkt), 0)));
	char *owner = ldns_rdf2str(ldns_rr_owner(ldns_rr_list_rr(ldns_pkt_answer(pkt), 0)));
	assert_string_equal(question, name);
	assert_string_equal(owner, name);
	free(owner);
	free(question);
	ldns_pkt_free(pkt);
}

/* Verify the set of @type in @section with the zone's own key. */
static ldns_status verify(const ldns_pkt *pkt, ldns_rr_type type, ldns_pkt_section section, const ldns_pkt *dnskey)
{
	ldns_rr_list *set = ldns_pkt_rr_list_by_type(pkt, type, section);
	ldns_rr_list *all = ldns_pkt_rr_list_by_type(pkt, LDNS_RR_TYPE_RRSIG, section);
	ldns_rr_list *key = ldns_pkt_rr_list_by_type(dnskey, LDNS_RR_TYPE_DNSKEY, LDNS_SECTION_ANSWER);
	ldns_rr_list *of_type = ldns_rr_list_new();

	for (size_t i = 0; i < ldns_rr_list_rr_count(all); i++)
		if (ldns_rdf2rr_type(ldns_rr_rrsig_typecovered(ldns_rr_list_rr(all, i))) == type)
			(void)ldns_rr_list_push_rr(of_type, ldns_rr_list_rr(all, i));
	ldns_status status = ldns_rr_list_rr_count(of_type) == 0
	                         ? LDNS_STATUS_CRYPTO_NO_RRSIG
	                         : ldns_verify_time(set, of_type, key, NOW_S, NULL);
	ldns_rr_list_free(of_type);
	ldns_rr_list_deep_free(key);
	ldns_rr_list_deep_free(all);
	ldns_rr_list_deep_free(set);
	return status;
}

static void signatures_are_what_the_test_wants(void **state)
{
	static const struct {
		const char *test;
		ldns_status status;
	} cases[] = {
		{"alg8", LDNS_STATUS_OK},
		{"alg13", LDNS_STATUS_OK},
		{"alg15", LDNS_STATUS_OK},
		{"bogus", LDNS_STATUS_CRYPTO_BOGUS},
		{"expired", LDNS_STATUS_CRYPTO_SIG_EXPIRED},
		{"nosig", LDNS_STATUS_CRYPTO_NO_RRSIG},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		char zone[64], name[128], challenge[128];
		(void)snprintf(zone, sizeof(zone), "%s.t.ipv6test.pop.example", cases[i].test);
		(void)snprintf(name, sizeof(name), "x." NONCE ".%s", zone);
		(void)snprintf(challenge, sizeof(challenge), "_acme-challenge.%s", zone);
		ldns_pkt *dnskey = ask(zone, LDNS_RR_TYPE_DNSKEY, &secure), *a = ask(name, LDNS_RR_TYPE_A, &secure),
			 *soa = ask(zone, LDNS_RR_TYPE_SOA, &secure), *mx = ask(name, LDNS_RR_TYPE_MX, &secure),
			 *txt = ask(challenge, LDNS_RR_TYPE_TXT, &secure);
		assert_int_equal(verify(dnskey, LDNS_RR_TYPE_DNSKEY, LDNS_SECTION_ANSWER, dnskey), LDNS_STATUS_OK);
		assert_int_equal(verify(a, LDNS_RR_TYPE_A, LDNS_SECTION_ANSWER, dnskey), cases[i].status);
		assert_int_equal(verify(soa, LDNS_RR_TYPE_SOA, LDNS_SECTION_ANSWER, dnskey), LDNS_STATUS_OK);
		assert_int_equal(verify(mx, LDNS_RR_TYPE_SOA, LDNS_SECTION_AUTHORITY, dnskey), LDNS_STATUS_OK);
		assert_int_equal(verify(mx, LDNS_RR_TYPE_NSEC, LDNS_SECTION_AUTHORITY, dnskey), cases[i].status);
		assert_int_equal(verify(txt, LDNS_RR_TYPE_CNAME, LDNS_SECTION_ANSWER, dnskey), LDNS_STATUS_OK);
		ldns_pkt_free(txt);
		ldns_pkt_free(mx);
		ldns_pkt_free(soa);
		ldns_pkt_free(a);
		ldns_pkt_free(dnskey);
	}
}

static void what_is_not_there_is_denied_compactly(void **state)
{
	static const struct {
		const char *name;
		ldns_rr_type type;
		const char *nsec;
	} cases[] = {
		{"x.alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_A,
	         "\\000.x.alg13.t.ipv6test.pop.example. RRSIG NSEC NXNAME"},
		{NONCE ".alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_MX,
	         "\\000." NONCE ".alg13.t.ipv6test.pop.example. A AAAA RRSIG NSEC"},
		{"alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_A,
	         "\\000.alg13.t.ipv6test.pop.example. NS SOA RRSIG NSEC DNSKEY"},
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		ldns_pkt *pkt = ask(cases[i].name, cases[i].type, &secure);
		ldns_rr_list *nsec = ldns_pkt_rr_list_by_type(pkt, LDNS_RR_TYPE_NSEC, LDNS_SECTION_AUTHORITY);
		assert_int_equal(ldns_pkt_get_rcode(pkt), LDNS_RCODE_NOERROR);
		assert_int_equal(ldns_rr_list_rr_count(nsec), 1);
		char *text = ldns_rr2str(ldns_rr_list_rr(nsec, 0));
		if (strstr(text, cases[i].nsec) == NULL)
			fail_msg("%s: %s", cases[i].name, text);
		free(text);
		ldns_rr_list_deep_free(nsec);
		ldns_pkt_free(pkt);
	}
}

static void no_answer_is_longer_than_asked_for(void **state)
{
	static const unsigned buffers[] = {0, 100, 512, 600, 1232, 4096};
	static const ldns_rr_type types[] = {LDNS_RR_TYPE_A, LDNS_RR_TYPE_MX, LDNS_RR_TYPE_DNSKEY};
	uint8_t wire[DNS_REPLY_MAX_BYTES];
	unsigned cut = 0;
	(void)state;

	for (size_t i = 0; i < COUNT(buffers) * COUNT(types); i++) {
		struct how how = secure;
		how.buffer_bytes = buffers[i % COUNT(buffers)];
		how.dnssec_ok = how.buffer_bytes > 0;
		unsigned most = how.buffer_bytes < 512 ? 512 : how.buffer_bytes > 1232 ? 1232
		                                                                       : how.buffer_bytes;
		size_t len = answer("alg8.t.ipv6test.pop.example", types[i / COUNT(buffers)], &how, wire);
		assert_in_range(len, 12, most);
		cut += (wire[2] & 2) != 0;
		if (wire[2] & 2) /* nothing, then, but question and OPT */
			assert_memory_equal(&wire[6], "\0\0\0\0\0", 5);
	}
	assert_in_range(cut, 1, COUNT(buffers) * COUNT(types) - 1);
}

static void the_longest_name_is_denied_too(void **state)
{
	/* Three bytes short of what a name may have: 255 with the root. */
	static const char zone[] = "." NONCE ".alg13.t.ipv6test.pop.example";
	ldns_pkt *dnskey = ask("alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_DNSKEY, &secure);
	(void)state;

	for (size_t extra = 0; extra < 3; extra++) {
		char name[400] = "";
		size_t left = 253 - (sizeof(zone) - 1) - extra;
		for (; left > 63; left -= 51)
			strcat(name, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.");
		strncat(name, "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@", left);
		strcat(name, zone);
		ldns_pkt *pkt = ask(name, LDNS_RR_TYPE_MX, &secure);
		assert_int_equal(verify(pkt, LDNS_RR_TYPE_NSEC, LDNS_SECTION_AUTHORITY, dnskey), LDNS_STATUS_OK);
		ldns_pkt_free(pkt);
	}
	ldns_pkt_free(dnskey);
}

static void over_udp_one_test_says_only_to_come_over_tcp(void **state)
{
	struct how tcp = plain;
	ldns_pkt *pkt = ask(NONCE ".tcp.t.ipv6test.pop.example", LDNS_RR_TYPE_A, &plain);
	(void)state;

	assert_true(ldns_pkt_tc(pkt));
	assert_int_equal(ldns_pkt_ancount(pkt), 0);
	ldns_pkt_free(pkt);
	tcp.udp = false;
	pkt = ask(NONCE ".tcp.t.ipv6test.pop.example", LDNS_RR_TYPE_A, &tcp);
	assert_false(ldns_pkt_tc(pkt));
	assert_int_equal(ldns_pkt_ancount(pkt), 1);
	ldns_pkt_free(pkt);
}

static void signing_has_its_share_of_each_second(void **state)
{
	uint8_t wire[DNS_REPLY_MAX_BYTES];
	struct how how = secure;
	unsigned n = 0;
	(void)state;

	do {
		assert_true(answer(NONCE ".alg8.t.ipv6test.pop.example", LDNS_RR_TYPE_A, &how, wire) > 0);
		n++;
	} while ((wire[3] & 0xf) == DNS_NOERROR && n < SIGNER_COST_PER_SECOND);
	assert_int_equal(n, SIGNER_COST_PER_SECOND / 10 + 1); /* RSA costs ten times what others do */
	assert_int_equal(wire[3] & 0xf, DNS_SERVFAIL);
	/* What belongs to the zone was kept, or is made, all the same; and the next second is a new one. */
	(void)answer("alg15.t.ipv6test.pop.example", LDNS_RR_TYPE_DNSKEY, &how, wire);
	assert_int_equal(wire[3] & 0xf, DNS_NOERROR);
	how.now_s++;
	(void)answer(NONCE ".alg8.t.ipv6test.pop.example", LDNS_RR_TYPE_A, &how, wire);
	assert_int_equal(wire[3] & 0xf, DNS_NOERROR);
}

static void kept_signatures_are_made_anew(void **state)
{
	uint8_t first[DNS_REPLY_MAX_BYTES], again[DNS_REPLY_MAX_BYTES];
	struct how how = secure;
	(void)state;

	size_t len = answer("alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_SOA, &how, first);
	how.now_s += 3599;
	assert_int_equal(answer("alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_SOA, &how, again), len);
	assert_memory_equal(first + 2, again + 2, len - 2);
	how.now_s++;
	assert_int_equal(answer("alg13.t.ipv6test.pop.example", LDNS_RR_TYPE_SOA, &how, again), len);
	assert_memory_not_equal(first + 2, again + 2, len - 2);
}

/* The same changes each time, by a generator of our own (xorshift32): whatever is answered, ldns can read. */
static void whatever_is_asked_the_answer_can_be_read(void **state)
{
	static const char *const names[] = {"alg13.t.ipv6test.pop.example", NONCE ".alg15.t.ipv6test.pop.example",
	                                    "x." NONCE ".ds.t.ipv6test.pop.example", "no.v6ns.ipv6test.pop.example"};
	uint32_t chance = 88172645u;
	unsigned answered = 0;
	(void)state;

	for (unsigned round = 0; round < 40000; round++) {
		uint8_t query_wire[512], wire[DNS_REPLY_MAX_BYTES];
		struct dns_query query;
		struct dns_reply reply;
		size_t len = question_wire(names[round % COUNT(names)], query_wire);
		for (unsigned n = round % 5; n > 0; n--) {
			chance ^= chance << 13, chance ^= chance >> 17, chance ^= chance << 5;
			query_wire[chance / 256 % len] = (uint8_t)chance;
		}
		if (dns_query_parse(query_wire, len, &query) != DNS_NOERROR)
			continue;
		const struct zone *zone = dns_answer_zone(zones, &query);
		if (zone == NULL)
			continue;
		struct dns_answerer from = {.zones = zones, .signer = signer, .now_s = NOW_S + round, .udp = true};
		dns_reply_begin(&reply, &query, query_wire, wire, true);
		(void)dns_answer(&from, zone, &reply);
		ldns_pkt *pkt = NULL;
		assert_in_range(reply.len, DNS_HEADER_BYTES, DNS_UDP_MAX_BYTES);
		assert_int_equal(ldns_wire2pkt(&pkt, wire, reply.len), LDNS_STATUS_OK);
		assert_true(ldns_pkt_qr(pkt));
		ldns_pkt_free(pkt);
		answered++;
	}
	assert_true(answered > 10000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup_signer, teardown_signer)
	const struct CMUnitTest tests[] = {
		TEST(each_name_has_what_its_test_is_about),
		TEST(names_of_others_are_none_of_ours),
		TEST(the_question_comes_back_as_it_was_written),
		TEST(signatures_are_what_the_test_wants),
		TEST(what_is_not_there_is_denied_compactly),
		TEST(no_answer_is_longer_than_asked_for),
		TEST(the_longest_name_is_denied_too),
		TEST(over_udp_one_test_says_only_to_come_over_tcp),
		TEST(signing_has_its_share_of_each_second),
		TEST(kept_signatures_are_made_anew),
		TEST(whatever_is_asked_the_answer_can_be_read),
	};
#undef TEST

	return cmocka_run_group_tests_name("ipv6test/dns_answer", tests, setup, teardown);
}
