/* A signed zone that asks for other name servers, one difference from a good wish at a time. */
/* SPDX-License-Identifier: MIT */
#include "rdns/csync.h"

#include "child.h"

#include <errno.h>
#include <stdio.h>

#define NS(name)  CHILD_ZONE ". NS " name "\n"
#define INSIDE    "ns." CHILD_ZONE
#define TWO       NS("ns1.example.net.") NS("ns3.example.net.")
#define WITH_GLUE NS("ns1.example.net.") NS("NS." CHILD_ZONE ".")
#define A         INSIDE ". A 192.0.2.9\n"
#define AAAA      INSIDE ". AAAA 2001:db8::9\n"

struct fixture {
	struct child child;
	struct csync_seen seen;
};

/** The records of @lines, in canonical form as those of a server's answer are when they are read. */
static ldns_rr_list *list_of(const char *lines)
{
	char *all = mem_strdup(lines), *rest = NULL;
	ldns_rr_list *list = ldns_rr_list_new();

	for (char *line = strtok_r(all, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
		(void)ldns_rr_list_push_rr(list, child_rr(line));
	free(all);
	return list;
}

static void answer(struct fixture *f, struct observed_answer *a, const char *name, ldns_rr_type type,
                   const char *lines)
{
	child_answer(&f->child, a, name, type, list_of(lines), "AZ", CHILD_SIGNED_S);
}

static void set_soa(struct fixture *f, struct observed_answer *a, unsigned serial)
{
	char *line = mem_printf(CHILD_ZONE ". SOA ns1.example.net. noc.example.net. %u 1 1 1 1", serial);

	answer(f, a, CHILD_ZONE, LDNS_RR_TYPE_SOA, line);
	free(line);
}

/** @rdata: "66 3 NS", or lines of it. */
static void set_csync(struct fixture *f, const char *rdata)
{
	char *line = mem_printf("%s%s", rdata[0] != '\0' ? CHILD_ZONE ". CSYNC " : "", rdata);

	answer(f, &f->seen.csync, CHILD_ZONE, LDNS_RR_TYPE_CSYNC, line);
	free(line);
}

static void set_ns(struct fixture *f, const char *lines)
{
	answer(f, &f->seen.ns, CHILD_ZONE, LDNS_RR_TYPE_NS, lines);
}

static void set_addresses(struct fixture *f, const char *a, const char *aaaa)
{
	answer(f, &f->seen.addresses[0][0], INSIDE, LDNS_RR_TYPE_A, a);
	answer(f, &f->seen.addresses[0][1], INSIDE, LDNS_RR_TYPE_AAAA, aaaa);
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct child *c = &f->child;

	child_init(c);
	c->d.servers[0].n_addresses = c->d.servers[1].n_addresses = 0; /* as a parent has what is outside the zone */
	ldns_rr_list_deep_free(c->d.ds);
	c->d.ds = child_digests(c, "A2", LDNS_RR_TYPE_DS);
	child_answer(c, &c->o->targets[0].answers[PROBE_DNSKEY], CHILD_ZONE, LDNS_RR_TYPE_DNSKEY,
	             child_public(c, "AZ", LDNS_RR_TYPE_DNSKEY), "A", CHILD_SIGNED_S);
	set_soa(f, &f->seen.soa, 66);
	set_csync(f, "66 3 NS");
	set_ns(f, TWO);
	set_soa(f, &f->seen.soa_again, 66);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	csync_seen_done(&f->seen);
	child_done(&f->child);
	free(f);
	return 0;
}

static struct csync_decision decide(const struct fixture *f)
{
	const struct child *c = &f->child;

	return csync_decide(&f->seen, &c->d, &c->o->targets[0], c->now - CHILD_SIGNED_S, c->now);
}

static void expect(const struct fixture *f, enum follow_outcome expected)
{
	struct csync_decision d = decide(f);

	if (d.outcome != expected)
		fail_msg("%s", follow_texts[d.outcome].id);
	if (d.outcome == FOLLOW_CHANGE)
		csync_done(&d);
}

/** @servers: "NAME=ADDR,ADDR NAME". */
static void expect_servers(const struct fixture *f, const char *servers)
{
	char text[512] = "", address[ADDR_TEXT_MAX];
	struct csync_decision d = decide(f);

	assert_int_equal(d.outcome, FOLLOW_CHANGE);
	assert_int_equal(d.signed_since, f->child.now - CHILD_SIGNED_S);
	assert_int_equal(ldns_rr_list_compare(d.next.ds, f->child.d.ds), 0);
	for (size_t i = 0; i < d.next.n_servers; i++) {
		const struct delegation_server *s = &d.next.servers[i];
		(void)strcat(strcat(text, i > 0 ? " " : ""), s->name);
		for (size_t k = 0; k < s->n_addresses; k++)
			(void)strcat(strcat(text, k > 0 ? "," : "="), addr_text(&s->addresses[k], address));
	}
	assert_string_equal(text, servers);
	csync_done(&d);
}

static void test_names(void **state)
{
	struct fixture *f = *state;

	expect_servers(f, "ns1.example.net ns3.example.net");
	set_csync(f, "66 3 A NS AAAA");
	expect_servers(f, "ns1.example.net ns3.example.net");
	set_csync(f, "66 3 A AAAA"); /* which servers they are is not asked for */
	expect(f, FOLLOW_SAME);
	set_csync(f, "66 3 NS");
	set_ns(f, NS("NS2.example.net.") NS("ns1.example.net."));
	expect(f, FOLLOW_SAME);
	set_csync(f, "");
	assert_false(csync_is_there(&f->seen));
	expect(f, FOLLOW_NOTHING);
}

static void test_glue(void **state)
{
	struct fixture *f = *state;
	char names[DELEGATION_SERVERS_MAX][DELEGATION_NAME_MAX];

	set_ns(f, WITH_GLUE);
	assert_int_equal(csync_inside(&f->seen, &f->child.d, names), 1);
	assert_string_equal(names[0], INSIDE);
	set_addresses(f, A, AAAA);
	expect(f, FOLLOW_NO_GLUE); /* the types are not asked for */
	set_csync(f, "66 3 A NS");
	expect_servers(f, INSIDE "=192.0.2.9 ns1.example.net");
	set_csync(f, "66 3 A NS AAAA");
	expect_servers(f, INSIDE "=192.0.2.9,2001:db8::9 ns1.example.net");
	set_addresses(f, "", AAAA);
	expect_servers(f, INSIDE "=2001:db8::9 ns1.example.net");
	set_addresses(f, "", "");
	expect(f, FOLLOW_NO_GLUE);
	set_addresses(f, A INSIDE ". A 192.0.2.10\n" INSIDE ". A 192.0.2.11\n", AAAA INSIDE ". AAAA 2001:db8::10\n");
	expect(f, FOLLOW_MANY);
}

static void test_present_glue(void **state)
{
	struct fixture *f = *state;

	f->child.d.n_servers = 1;
	assert_null(delegation_add_server(&f->child.d, INSIDE "=192.0.2.8,2001:db8::8"));
	set_ns(f, WITH_GLUE);
	set_addresses(f, A, AAAA);
	expect(f, FOLLOW_SAME);
	set_csync(f, "66 3 AAAA");
	expect_servers(f, "ns1.example.net " INSIDE "=192.0.2.8,2001:db8::9");
	set_addresses(f, A, "");
	expect(f, FOLLOW_SAME); /* an address does not just go */
}

static void test_what_is_known(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *rdata;
		enum follow_outcome expected;
	} cases[] = {
		{"66 1 NS", FOLLOW_CHANGE},
		{"77 1 NS", FOLLOW_CHANGE},
		{"66 2 NS", FOLLOW_WAITS},
		{"66 0 NS", FOLLOW_WAITS},
		{"66 7 NS", FOLLOW_UNKNOWN},
		{"66 3 NS MX", FOLLOW_UNKNOWN},
		{"66 3 NS CAA", FOLLOW_UNKNOWN},
		{"67 3 NS", FOLLOW_EARLY},
		{"65 3 NS", FOLLOW_CHANGE},
		{"4294967295 3 NS", FOLLOW_CHANGE}, /* numbers go round (RFC 1982) */
		{"66 3 NS\n" CHILD_ZONE ". CSYNC 65 3 NS", FOLLOW_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		set_csync(f, cases[i].rdata);
		expect(f, cases[i].expected);
	}
	set_csync(f, "66 3 NS");
	set_soa(f, &f->seen.soa_again, 67);
	expect(f, FOLLOW_MOVED);
}

static void test_signatures(void **state)
{
	struct fixture *f = *state;
	struct child *c = &f->child;
	struct observed_answer *keys = &c->o->targets[0].answers[PROBE_DNSKEY];

	child_answer(c, &f->seen.ns, CHILD_ZONE, LDNS_RR_TYPE_NS, list_of(TWO), "", 0);
	expect(f, FOLLOW_UNSECURED);
	set_ns(f, TWO);
	child_answer(c, &f->seen.csync, CHILD_ZONE, LDNS_RR_TYPE_CSYNC, list_of(CHILD_ZONE ". CSYNC 66 3 NS"), "B", 0);
	expect(f, FOLLOW_UNSECURED); /* a key that the zone has not */
	child_answer(c, &f->seen.csync, CHILD_ZONE, LDNS_RR_TYPE_CSYNC, list_of(CHILD_ZONE ". CSYNC 66 3 NS"), "Z",
	             CHILD_SIGNED_S + 1);
	expect(f, FOLLOW_OLD);
	set_csync(f, "66 3 NS");
	child_answer(c, keys, CHILD_ZONE, LDNS_RR_TYPE_DNSKEY, child_public(c, "AZ", LDNS_RR_TYPE_DNSKEY), "Z", 0);
	expect(f, FOLLOW_KEYS);
	ldns_rr_list_deep_free(c->d.ds);
	c->d.ds = ldns_rr_list_new();
	expect(f, FOLLOW_UNSECURED);
}

static void test_silence(void **state)
{
	struct fixture *f = *state;

	ldns_pkt_free(f->seen.csync.packet);
	f->seen.csync = (struct observed_answer){.rc = -ETIMEDOUT};
	expect(f, FOLLOW_SILENT);
	set_csync(f, "66 3 NS");
	ldns_pkt_set_rcode(f->seen.ns.packet, LDNS_RCODE_SERVFAIL);
	expect(f, FOLLOW_UNSECURED);
}

static void test_too_many(void **state)
{
	struct fixture *f = *state;
	char lines[2048] = "";

	for (int i = 0; i <= DELEGATION_SERVERS_MAX; i++)
		(void)snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines), NS("ns%d.example.net."), i);
	set_ns(f, lines);
	expect(f, FOLLOW_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_glue, setup, teardown),
		cmocka_unit_test_setup_teardown(test_present_glue, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_signatures, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silence, setup, teardown),
		cmocka_unit_test_setup_teardown(test_too_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
