/* From made answers to findings, one difference from a healthy zone at a time; real servers are in tests/e2e. */
/* SPDX-License-Identifier: MIT */
#include "delegation/judge.h"

#include "base/mem.h"
#include "base/origin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ZONE         "2.0.192.in-addr.arpa"
#define NS(name)     ZONE ". NS " name ".\n"
#define SOA(serial)  ZONE ". SOA ns1.example.net. mail.example.net. " serial " 1 1 1 1"

struct fixture {
	struct delegation d;
	struct observed *o;
};

/** An answer with authority, to @name and @type, with the records in @lines. */
static void answer(struct observed_answer *a, const char *name, ldns_rr_type type, const char *lines)
{
	char *all = mem_strdup(lines), *rest = NULL;

	ldns_pkt_free(a->packet);
	free(a->query);
	a->query = mem_strdup(name);
	a->rc = 0;
	a->packet = ldns_pkt_query_new(ldns_dname_new_frm_str(name), type, LDNS_RR_CLASS_IN, LDNS_QR | LDNS_AA);
	ldns_pkt_set_edns_udp_size(a->packet, 1232);
	for (char *line = strtok_r(all, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		ldns_rr *rr;
		assert_int_equal(ldns_rr_new_frm_str(&rr, line, 300, NULL, NULL), LDNS_STATUS_OK);
		(void)ldns_pkt_push_rr(a->packet, LDNS_SECTION_ANSWER, rr);
	}
	free(all);
}

static void silence(struct observed_answer *a)
{
	ldns_pkt_free(a->packet);
	a->packet = NULL;
	a->rc = -ETIMEDOUT;
}

static void not_asked(struct observed_answer *a)
{
	silence(a);
	free(a->query);
	a->query = NULL;
}

static bool always(const struct addr *a, const void *data)
{
	(void)a;
	(void)data;
	return true;
}

static void make_healthy(struct observed_target *t)
{
	for (enum probe p = PROBE_SOA_UDP; p <= PROBE_PLAIN; p++)
		answer(&t->answers[p], ZONE, LDNS_RR_TYPE_SOA, SOA("7"));
	answer(&t->answers[PROBE_NS], ZONE, LDNS_RR_TYPE_NS, NS("ns2.example.net") NS("NS1.example.net"));
	answer(&t->answers[PROBE_EDNS_1], ZONE, LDNS_RR_TYPE_SOA, "");
	ldns_pkt_set_edns_extended_rcode(t->answers[PROBE_EDNS_1].packet, 1);
	answer(&t->answers[PROBE_RECURSION], "fontaine.invalid", LDNS_RR_TYPE_A, "");
	ldns_pkt_set_rcode(t->answers[PROBE_RECURSION].packet, LDNS_RCODE_REFUSED);
	answer(&t->answers[PROBE_DNSKEY], ZONE, LDNS_RR_TYPE_DNSKEY, "");
	answer(&t->answers[PROBE_DENIAL], "absent." ZONE, LDNS_RR_TYPE_TXT, "");
	answer(&t->answers[PROBE_CDS], ZONE, LDNS_RR_TYPE_CDS, "");
	answer(&t->answers[PROBE_CDNSKEY], ZONE, LDNS_RR_TYPE_CDNSKEY, "");
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	assert_null(delegation_init(&f->d, ZONE));
	assert_null(delegation_add_server(&f->d, "ns1.example.net"));
	assert_null(delegation_add_server(&f->d, "ns2.example.net"));
	f->o = observed_new(&f->d);
	answer(&f->o->parent, "0.192.in-addr.arpa", LDNS_RR_TYPE_SOA,
	       "192.in-addr.arpa. SOA ns.example.net. mail.example.net. 1 1 1 1 1");
	answer(&f->o->lookups[0][0], "ns1.example.net", LDNS_RR_TYPE_A, "ns1.example.net. A 192.0.2.1");
	answer(&f->o->lookups[0][1], "ns1.example.net", LDNS_RR_TYPE_AAAA, "ns1.example.net. AAAA 2001:db8::1");
	answer(&f->o->lookups[1][0], "ns2.example.net", LDNS_RR_TYPE_A, "ns2.example.net. A 198.51.100.2");
	answer(&f->o->lookups[1][1], "ns2.example.net", LDNS_RR_TYPE_AAAA, "ns2.example.net. AAAA 2001:db8:1::2");
	observed_add_targets(f->o, always, NULL);
	assert_int_equal(f->o->n_targets, 4);
	for (size_t i = 0; i < f->o->n_targets; i++)
		make_healthy(&f->o->targets[i]);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	observed_free(f->o);
	delegation_done(&f->d);
	free(f);
	return 0;
}

/** Judge, and compare with the problems that there are to be. */
static void expect(struct fixture *f, size_t n, const enum problem_id *ids)
{
	struct verdict *v = judge(f->o, NULL, 1700000000);

	for (size_t p = 0; p < PROBLEMS; p++) {
		bool is_expected = false;
		for (size_t i = 0; i < n; i++)
			is_expected = is_expected || ids[i] == p;
		if ((v->findings[p] != NULL) != is_expected)
			print_message("%s\n", problems[p].what[LANGUAGE_EN]);
		assert_int_equal(v->findings[p] != NULL, is_expected);
	}
	verdict_free(v);
}

#define EXPECT(f, ...) \
	do { \
		const enum problem_id ids[] = {__VA_ARGS__}; \
		expect(f, COUNT(ids), ids); \
	} while (0)

static void test_healthy(void **state)
{
	struct fixture *f = *state;

	expect(f, 0, NULL);
	struct verdict *v = judge(f->o, NULL, 0);
	assert_int_equal(v->untested[CHECK_AS], UNTESTED_NO_ORIGINS);
	assert_int_equal(v->untested[CHECK_SOA_SIGNED], UNTESTED_UNSIGNED);
	assert_int_equal(v->untested[CHECK_DS_UNSIGNED], TESTED);
	verdict_free(v);
}

static void test_transports(void **state)
{
	struct fixture *f = *state;
	struct observed_target *t = &f->o->targets[0];

	silence(&t->answers[PROBE_SOA_UDP]);
	EXPECT(f, PROBLEM_NO_EDNS); /* without EDNS it does answer */
	silence(&t->answers[PROBE_PLAIN]);
	EXPECT(f, PROBLEM_NO_UDP);
	silence(&t->answers[PROBE_SOA_TCP]);
	EXPECT(f, PROBLEM_NO_UDP, PROBLEM_NO_TCP);
}

static void test_nobody_answers(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < f->o->n_targets; i++)
		for (enum probe p = 0; p < PROBES; p++)
			(p <= PROBE_PLAIN ? silence : not_asked)(&f->o->targets[i].answers[p]);
	EXPECT(f, PROBLEM_NO_SERVER, PROBLEM_NO_UDP, PROBLEM_NO_TCP);
	struct verdict *v = judge(f->o, NULL, 0);
	for (enum check_id c = CHECK_RECURSION; c < CHECKS; c++)
		assert_int_equal(v->untested[c], UNTESTED_NO_SERVER);
	verdict_free(v);
}

static void test_tops(void **state)
{
	struct fixture *f = *state;
	struct observed_target *t = &f->o->targets[3];

	for (enum probe p = PROBE_SOA_UDP; p <= PROBE_PLAIN; p++)
		answer(&t->answers[p], ZONE, LDNS_RR_TYPE_SOA, SOA("8"));
	EXPECT(f, PROBLEM_SERIALS);
	for (enum probe p = PROBE_SOA_UDP; p <= PROBE_PLAIN; p++)
		answer(&t->answers[p], ZONE, LDNS_RR_TYPE_SOA, "");
	EXPECT(f, PROBLEM_NO_SOA);
	for (enum probe p = PROBE_SOA_UDP; p <= PROBE_PLAIN; p++)
		ldns_pkt_set_aa(t->answers[p].packet, false);
	EXPECT(f, PROBLEM_LAME);
	for (size_t i = 0; i < 3; i++)
		for (enum probe p = PROBE_SOA_UDP; p <= PROBE_PLAIN; p++)
			ldns_pkt_set_rcode(f->o->targets[i].answers[p].packet, LDNS_RCODE_REFUSED);
	EXPECT(f, PROBLEM_LAME, PROBLEM_NO_CHILD);
}

/** A name that begins or ends like another is not that. */
static void test_ns(void **state)
{
	struct fixture *f = *state;
	struct observed_answer *a = &f->o->targets[1].answers[PROBE_NS];

	answer(a, ZONE, LDNS_RR_TYPE_NS, NS("ns1.example.net") NS("ns2.example.net.example") NS("xns2.example.net"));
	EXPECT(f, PROBLEM_NS_NOT_IN_CHILD, PROBLEM_NS_SETS, PROBLEM_NS_MORE_IN_CHILD);
	answer(a, ZONE, LDNS_RR_TYPE_NS, "");
	EXPECT(f, PROBLEM_NS_NOT_IN_CHILD, PROBLEM_NS_SETS);
	ldns_pkt_set_aa(a->packet, false); /* then it does not count: whether it is lame, its SOA says */
	expect(f, 0, NULL);
}

static void test_names(void **state)
{
	struct fixture *f = *state;

	answer(&f->o->lookups[0][0], "ns1.example.net", LDNS_RR_TYPE_A,
	       "ns1.example.net. CNAME a.example.net.\na.example.net. A 192.0.2.1");
	EXPECT(f, PROBLEM_NS_CNAME);
	answer(&f->o->lookups[0][0], "ns1.example.net", LDNS_RR_TYPE_A, "ns1.example.net. A 192.0.2.9");
	assert_int_equal(addr_parse("192.0.2.1", 53, &f->d.servers[0].addresses[f->d.servers[0].n_addresses++]), 0);
	EXPECT(f, PROBLEM_GLUE_DIFFERS);
	answer(&f->o->parent, "arpa", LDNS_RR_TYPE_SOA, ". SOA a.example.net. mail.example.net. 1 1 1 1 1");
	EXPECT(f, PROBLEM_GLUE_DIFFERS, PROBLEM_NO_PARENT);
}

/** What was not answered is not passed, be it of one family alone. */
static void test_names_unknown(void **state)
{
	struct fixture *f = *state;

	silence(&f->o->lookups[1][1]);
	struct verdict *v = judge(f->o, NULL, 0);
	assert_int_equal(v->untested[CHECK_GLUE], UNTESTED_NO_RESOLVER);
	assert_int_equal(v->untested[CHECK_CNAME], UNTESTED_NO_RESOLVER);
	assert_int_equal(v->untested[CHECK_ZONE], TESTED);
	verdict_free(v);
	silence(&f->o->parent);
	v = judge(f->o, NULL, 0);
	assert_int_equal(v->untested[CHECK_ZONE], UNTESTED_NO_RESOLVER);
	verdict_free(v);
}

static void test_networks(void **state)
{
	struct fixture *f = *state;
	struct prefix_table *origins = prefix_table_new(&origin_kind);
	struct verdict *v;

	assert_int_equal(prefix_table_add_line(origins, "64500\t192.0.2.0/24\t9"), 1);
	assert_int_equal(prefix_table_add_line(origins, "64500\t198.51.100.0/24\t9"), 1);
	assert_int_equal(prefix_table_add_line(origins, "64500\t2001:db8::/32\t9"), 1);
	(void)prefix_table_seal(origins);
	v = judge(f->o, origins, 0);
	assert_int_equal(v->findings[PROBLEM_ONE_AS]->n_seen, 4);
	assert_int_equal(v->findings[PROBLEM_ONE_PREFIX]->n_seen, 2); /* IPv6 */
	assert_int_equal(v->untested[CHECK_AS], TESTED);
	verdict_free(v);
	prefix_table_release(origins);

	f->o->targets[2].addr = f->o->targets[0].addr;
	EXPECT(f, PROBLEM_SAME_ADDRESS);
	f->o->n_targets = 2; /* ns2 has none */
	EXPECT(f, PROBLEM_ONE_IPV4, PROBLEM_ONE_IPV6, PROBLEM_NO_ADDRESS);
	f->o->n_targets = 4;
}

static void test_forbidden(void **state)
{
	struct fixture *f = *state;

	f->o->targets[0].is_forbidden = true;
	for (enum probe p = 0; p < PROBES; p++)
		not_asked(&f->o->targets[0].answers[p]);
	EXPECT(f, PROBLEM_NOT_GLOBAL);
}

static void test_manners_of_servers(void **state)
{
	struct fixture *f = *state;
	struct observed_target *t = &f->o->targets[2];
	ldns_pkt *recursion = t->answers[PROBE_RECURSION].packet;

	ldns_pkt_set_ra(recursion, true);
	expect(f, 0, NULL); /* it offers recursion, but not to us */
	ldns_pkt_set_rcode(recursion, LDNS_RCODE_NXDOMAIN);
	EXPECT(f, PROBLEM_RECURSOR);
	ldns_pkt_set_ra(recursion, false);
	ldns_pkt_set_edns_extended_rcode(t->answers[PROBE_EDNS_1].packet, 0);
	EXPECT(f, PROBLEM_EDNS_VERSION);
}

static void test_unsigned(void **state)
{
	struct fixture *f = *state;

	answer(&f->o->targets[0].answers[PROBE_CDS], ZONE, LDNS_RR_TYPE_CDS, ZONE ". CDS 0 0 0 00");
	EXPECT(f, PROBLEM_CDS_UNSIGNED, PROBLEM_CDS_DIFFER);
	answer(&f->o->targets[0].answers[PROBE_CDS], ZONE, LDNS_RR_TYPE_CDS, "");
	assert_null(delegation_add_ds(&f->d, "1 13 1 0123456789abcdef0123456789abcdef01234567"));
	EXPECT(f, PROBLEM_DS_UNSIGNED);
}

/** Every check can find something, and all that it finds has words in every language. */
static void test_tables(void **state)
{
	(void)state;
	bool can_find[CHECKS] = {false};

	for (size_t p = 0; p < PROBLEMS; p++) {
		can_find[problems[p].check] = true;
		for (enum language l = 0; l < LANGUAGES; l++) {
			assert_non_null(problems[p].what[l]);
			assert_non_null(problems[p].remedy[l]);
		}
		assert_string_not_equal(problems[p].what[LANGUAGE_EN], problems[p].what[LANGUAGE_FR]);
	}
	for (enum check_id c = 0; c < CHECKS; c++) {
		assert_true(can_find[c]);
		for (enum check_id other = 0; other < c; other++)
			assert_string_not_equal(checks[c].id, checks[other].id);
		for (enum language l = 0; l < LANGUAGES; l++)
			assert_non_null(checks[c].title[l]);
	}
	for (enum untested u = TESTED + 1; u < UNTESTED; u++)
		assert_string_not_equal(untested_texts[u][LANGUAGE_EN], untested_texts[u][LANGUAGE_FR]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_healthy),
		TEST(test_transports),
		TEST(test_nobody_answers),
		TEST(test_tops),
		TEST(test_ns),
		TEST(test_names),
		TEST(test_names_unknown),
		TEST(test_networks),
		TEST(test_forbidden),
		TEST(test_manners_of_servers),
		TEST(test_unsigned),
		cmocka_unit_test(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
