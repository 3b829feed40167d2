/* Messages as children send them, and as nobody should. */
/* SPDX-License-Identifier: MIT */
#include "rdns/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX_BYTES = 512 };

struct fixture {
	struct allocations served;
	uint8_t message[MESSAGE_MAX_BYTES], answer[MESSAGE_MAX_BYTES];
	size_t len, answer_len;
	char zone[DELEGATION_NAME_MAX];
};

static int setup(void **state)
{
	static struct fixture f;
	static char zone4[] = "192.0.2.0/24", zone6[] = "2001:db8::/32";
	static char *zones[] = {zone4, zone6};
	const struct pop_rdns section = {.zones = zones, .n_zones = 2};

	f = (struct fixture){.len = 0};
	allocations_init(&f.served, &section);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	allocations_done(&f->served);
	return 0;
}

/** NOTIFY of @type for @name. */
static void make(struct fixture *f, const char *name, ldns_rr_type type)
{
	ldns_pkt *p = ldns_pkt_query_new(ldns_dname_new_frm_str(name), type, LDNS_RR_CLASS_IN, LDNS_AA);
	uint8_t *wire;

	ldns_pkt_set_opcode(p, LDNS_PACKET_NOTIFY);
	ldns_pkt_set_id(p, 0x1234);
	assert_int_equal(ldns_pkt2wire(&wire, p, &f->len), LDNS_STATUS_OK);
	assert_true(f->len <= MESSAGE_MAX_BYTES);
	memcpy(f->message, wire, f->len);
	free(wire);
	ldns_pkt_free(p);
}

static enum notify_result read_it(struct fixture *f)
{
	return notify_read(&f->served, f->message, f->len, f->zone, f->answer, &f->answer_len);
}

static void expect_rcode(struct fixture *f, ldns_pkt_rcode rcode, unsigned n_questions)
{
	ldns_pkt *p;

	assert_int_equal(ldns_wire2pkt(&p, f->answer, f->answer_len), LDNS_STATUS_OK);
	assert_int_equal(ldns_pkt_id(p), 0x1234);
	assert_true(ldns_pkt_qr(p));
	assert_int_equal(ldns_pkt_get_rcode(p), rcode);
	assert_int_equal(ldns_pkt_qdcount(p), n_questions);
	ldns_pkt_free(p);
}

static void test_taken(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *name, *zone;
		ldns_rr_type type;
	} cases[] = {
		{"2.0.192.in-addr.arpa", "2.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS},
		{"0/25.2.0.192.IN-ADDR.arpa", "0/25.2.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS},
		{"a.8.b.d.0.1.0.0.2.ip6.arpa", "a.8.b.d.0.1.0.0.2.ip6.arpa", LDNS_RR_TYPE_CSYNC},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		make(f, cases[i].name, cases[i].type);
		assert_int_equal(read_it(f), NOTIFY_TAKEN);
		assert_string_equal(f->zone, cases[i].zone);
		expect_rcode(f, LDNS_RCODE_NOERROR, 1);
	}
}

static void test_refused(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *name;
		ldns_rr_type type;
	} cases[] = {
		{"2.0.192.in-addr.arpa", LDNS_RR_TYPE_SOA},
		{"3.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS},
		{"www.example.net", LDNS_RR_TYPE_CDS},
		{".", LDNS_RR_TYPE_CDS},
		{"2\\.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		make(f, cases[i].name, cases[i].type);
		assert_int_equal(read_it(f), NOTIFY_REFUSED);
		expect_rcode(f, LDNS_RCODE_REFUSED, 1);
	}
	make(f, "2.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS);
	f->message[2] = 0; /* a query */
	assert_int_equal(read_it(f), NOTIFY_REFUSED);
	expect_rcode(f, LDNS_RCODE_NOTIMPL, 0);
}

static void test_malformed(void **state)
{
	struct fixture *f = *state;

	make(f, "2.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS);
	size_t whole = f->len;
	for (f->len = 12; f->len < whole - 1; f->len++) { /* cut anywhere: but for an empty record of EDNS */
		enum notify_result r = read_it(f);
		assert_true(r == NOTIFY_MALFORMED || f->len >= 12 + 22 + 4);
		assert_true(f->answer_len <= f->len);
	}
	f->len = whole;
	f->message[12] = 0xc0; /* a pointer to a name elsewhere */
	assert_int_equal(read_it(f), NOTIFY_MALFORMED);
	expect_rcode(f, LDNS_RCODE_FORMERR, 0);
	make(f, "2.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS);
	f->message[5] = 2; /* questions */
	assert_int_equal(read_it(f), NOTIFY_MALFORMED);
}

static void test_a_name_too_long(void **state)
{
	struct fixture *f = *state;

	make(f, "2.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS);
	for (size_t at = 12; at < MESSAGE_MAX_BYTES; at += 2) {
		f->message[at] = 1;
		f->message[at + 1] = 'a';
	}
	f->len = MESSAGE_MAX_BYTES;
	assert_int_equal(read_it(f), NOTIFY_MALFORMED);
}

static void test_not_answered(void **state)
{
	struct fixture *f = *state;

	make(f, "2.0.192.in-addr.arpa", LDNS_RR_TYPE_CDS);
	f->message[2] |= 0x80; /* an answer: two servers would answer each other for ever */
	assert_int_equal(read_it(f), NOTIFY_DROPPED);
	assert_int_equal(f->answer_len, 0);
	f->len = 11;
	assert_int_equal(read_it(f), NOTIFY_DROPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_name_too_long, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_answered, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
