/* Queries, right and wrong: what is read of them, and that no bytes do harm. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns_query.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A header: id 0x1234, RD, and how many of each there are. */
#define HEADER(q, an, ns, ar) "\x12\x34\x01\x00\0" q "\0" an "\0" ns "\0" ar
#define NAME                  "\1x\3net\0"
#define QUESTION              NAME "\0\1\0\1"
#define IXFR                  HEADER("\1", "\0", "\1", "\0") NAME "\0\xfb\0\1\xc0\x0c\0\6\0\1\0\0\0\0\0\1z"
#define PLAIN                 HEADER("\1", "\0", "\0", "\0")
#define WITH_EXTRA            HEADER("\1", "\0", "\0", "\1") QUESTION
#define SUBNET                "\x0b\0\x08\0\7\0\1\x18\0\xc0\0\2"
#define OPT(data)             "\0\0\x29\x04\xd0\0\0\x80\0\0" data

static int parse(const void *bytes, size_t len, struct dns_query *ret)
{
	uint8_t *exact = malloc(len + 1); /* a read past the end is seen by the sanitizer */

	memcpy(exact, bytes, len);
	exact = realloc(exact, len == 0 ? 1 : len);
	int rc = dns_query_parse(exact, len, ret);
	free(exact);
	return rc;
}

static void a_query_is_read(void **state)
{
	static const char bytes[] = HEADER("\1", "\0", "\0", "\1") "\3WwW\3net\0\0\x1c\0\1" OPT(SUBNET);
	static const uint8_t name[] = "\3www\3net";
	struct dns_query q;
	(void)state;

	assert_int_equal(parse(bytes, sizeof(bytes) - 1, &q), DNS_NOERROR);
	assert_int_equal(q.id, 0x1234);
	assert_int_equal(q.opcode, 0);
	assert_true(q.recursion_desired && q.has_question && q.mixed_case && q.edns && q.dnssec_ok);
	assert_int_equal(q.name.len, sizeof(name));
	assert_memory_equal(q.name.bytes, name, sizeof(name));
	assert_int_equal(q.name.n_labels, 2);
	assert_int_equal(q.name.label_at[1], 4);
	assert_int_equal(q.type, DNS_AAAA);
	assert_int_equal(q.class, DNS_IN);
	assert_int_equal(q.buffer_bytes, 1232);
	assert_int_equal(q.subnet.family, 1);
	assert_int_equal(q.subnet.prefix_len, 24);
	assert_memory_equal(q.subnet.address, "\xc0\0\2\0", 4);
}

/* Bytes and what becomes of them. */
static const struct {
	const char *what, *bytes;
	size_t len;
	int rc;
} cases[] = {
#define CASE(what, bytes, rc) {what, bytes, sizeof(bytes) - 1, rc}
	CASE("nothing", "", -EBADMSG),
	CASE("less than a header", "\x12\x34\x01\0\0\1\0\0\0\0\0", -EBADMSG),
	CASE("an answer", "\x12\x34\x81\0\0\1\0\0\0\0\0\0" QUESTION, -EBADMSG),
	CASE("an answer with an error", "\x12\x34\x80\5\0\0\0\0\0\0\0\0", -EBADMSG),
	CASE("a plain query", PLAIN QUESTION, DNS_NOERROR),
	CASE("the root", PLAIN "\0\0\1\0\1", DNS_NOERROR),
	CASE("an update", "\x12\x34\x28\0\0\1\0\0\0\0\0\0" QUESTION, DNS_NOTIMP),
	CASE("a notification", "\x12\x34\x24\0\0\1\0\0\0\0\0\0" QUESTION, DNS_NOTIMP),
	CASE("no question", HEADER("\0", "\0", "\0", "\0"), DNS_FORMERR),
	CASE("two questions", HEADER("\2", "\0", "\0", "\0") QUESTION QUESTION, DNS_FORMERR),
	CASE("a question that is missing", PLAIN, DNS_FORMERR),
	CASE("a name without an end", PLAIN "\1x\3net", DNS_FORMERR),
	CASE("a label that is cut", PLAIN "\x3fx", DNS_FORMERR),
	CASE("a question without its class", PLAIN NAME "\0\1\0", DNS_FORMERR),
	CASE("a pointer to itself", PLAIN "\xc0\x0c\0\1\0\1", DNS_FORMERR),
	CASE("a pointer behind a label", PLAIN "\1x\xc0\x0c\0\1\0\1", DNS_FORMERR),
	CASE("a label of an old kind", PLAIN "\x41x\0\0\1\0\1", DNS_FORMERR),
	CASE("bytes at the end", PLAIN QUESTION "\0", DNS_FORMERR),
	CASE("a record that is missing", HEADER("\1", "\1", "\0", "\0") QUESTION, DNS_FORMERR),
	CASE("as many records as can be said", HEADER("\1", "\xff", "\xff", "\xff") QUESTION, DNS_FORMERR),
	CASE("IXFR with its SOA", IXFR, DNS_NOERROR),
	CASE("a record longer than the message", WITH_EXTRA "\0\0\1\0\1\0\0\0\0\0\2x", DNS_FORMERR),
	CASE("an owner that is cut", WITH_EXTRA "\xc0", DNS_FORMERR),
	CASE("EDNS", WITH_EXTRA OPT("\0"), DNS_NOERROR),
	CASE("EDNS twice", HEADER("\1", "\0", "\0", "\2") QUESTION OPT("\0") OPT("\0"), DNS_FORMERR),
	CASE("EDNS among the answers", HEADER("\1", "\1", "\0", "\0") QUESTION OPT("\0"), DNS_FORMERR),
	CASE("EDNS of a name", WITH_EXTRA "\1x" OPT("\0"), DNS_FORMERR),
	CASE("EDNS version 1", WITH_EXTRA "\0\0\x29\x04\xd0\0\1\0\0\0\0", DNS_BADVERS),
	CASE("an option without its length", WITH_EXTRA OPT("\3\0\x0a\0"), DNS_FORMERR),
	CASE("an option that is cut", WITH_EXTRA OPT("\5\0\x0a\0\2x"), DNS_FORMERR),
	CASE("an unknown option", WITH_EXTRA OPT("\5\xff\0\0\1x"), DNS_NOERROR),
	CASE("a subnet of no family", WITH_EXTRA OPT("\x08\0\x08\0\4\0\3\0\0"), DNS_FORMERR),
	CASE("no subnet, as dig says it", WITH_EXTRA OPT("\x08\0\x08\0\4\0\0\0\0"), DNS_NOERROR),
	CASE("a subnet longer than an address", WITH_EXTRA OPT("\x0d\0\x08\0\x09\0\1\x21\0\1\2\3\4\5"), DNS_FORMERR),
	CASE("a subnet with host bits", WITH_EXTRA OPT("\x0b\0\x08\0\7\0\1\x17\0\xc0\0\3"), DNS_FORMERR),
	CASE("a subnet with a scope", WITH_EXTRA OPT("\x0b\0\x08\0\7\0\1\x18\x18\xc0\0\2"), DNS_FORMERR),
	CASE("a subnet with an address too short", WITH_EXTRA OPT("\x0a\0\x08\0\6\0\1\x18\0\xc0\0"), DNS_FORMERR),
#undef CASE
};

static void whatever_comes_is_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct dns_query q;
		int rc = parse(cases[i].bytes, cases[i].len, &q);
		if (rc != cases[i].rc)
			fail_msg("%s: %d", cases[i].what, rc);
	}
}

/* A question for @n_labels labels of @label_len bytes. */
static int ask_long(size_t n_labels, size_t label_len, struct dns_query *ret)
{
	uint8_t bytes[DNS_HEADER_BYTES + 400] = PLAIN;
	size_t len = DNS_HEADER_BYTES;

	for (size_t i = 0; i < n_labels; i++) {
		bytes[len] = (uint8_t)label_len;
		memset(&bytes[len + 1], 'a', label_len);
		len += label_len + 1;
	}
	memcpy(&bytes[len], "\0\0\1\0\1", 5);
	return parse(bytes, len + 5, ret);
}

static void names_have_a_limit(void **state)
{
	struct dns_query q;
	(void)state;

	assert_int_equal(ask_long(127, 1, &q), DNS_NOERROR); /* 255 bytes */
	assert_int_equal(q.name.n_labels, 127);
	assert_int_equal(q.name.len, DNS_NAME_MAX_BYTES);
	assert_int_equal(ask_long(128, 1, &q), DNS_FORMERR);
	assert_int_equal(ask_long(3, 63, &q), DNS_NOERROR);
	assert_int_equal(ask_long(4, 63, &q), DNS_FORMERR); /* 257 bytes */
}

static void the_end_of_a_name_is_whole_labels(void **state)
{
	static const struct {
		const char *name, *tail;
		bool ends;
	} names[] = {
		{"a.example.net", "example.net", true},
		{"example.net", "example.net.", true},
		{"example.net", "", true},
		{"xexample.net", "example.net", false},
		{"net", "example.net", false},
		{"a.example.org", "example.net", false},
	};
	struct dns_name name, tail;
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(dns_name_parse(names[i].name, &name), 0);
		assert_int_equal(dns_name_parse(names[i].tail, &tail), 0);
		assert_int_equal(dns_name_ends_with(&name, &tail), names[i].ends);
	}
	assert_int_equal(dns_name_parse("a..b", &name), -EINVAL);
	/* The bytes of a tail inside a label are no tail. */
	assert_int_equal(dns_name_parse("example.net", &tail), 0);
	name = (struct dns_name){.bytes = "\1a\14\7example\3net", .len = 16, .n_labels = 2, .label_at = {0, 2}};
	assert_false(dns_name_ends_with(&name, &tail));
}

/* What is read of any bytes stays within its bounds. */
static void check(const struct dns_query *q)
{
	if (!q->has_question)
		return;
	assert_true(q->name.len >= 1 && q->name.n_labels <= DNS_LABELS_MAX);
	assert_int_equal(q->name.bytes[q->name.len - 1], 0);
	for (unsigned i = 0, at = 0; i < q->name.n_labels; i++) {
		assert_int_equal(q->name.label_at[i], at);
		assert_in_range(q->name.bytes[at], 1, DNS_LABEL_MAX_BYTES);
		at += q->name.bytes[at] + 1u;
	}
	if (q->subnet.family != 0)
		assert_true(q->subnet.prefix_len <= (q->subnet.family == 1 ? 32 : 128));
}

/* The same changes each time: a generator of our own (xorshift32), from a fixed start. */
static void any_change_is_survived(void **state)
{
	uint32_t chance = 2463534242u;
	unsigned accepted = 0;
	(void)state;

	for (unsigned round = 0; round < 300000; round++) {
		uint8_t bytes[512];
		struct dns_query q;
		size_t nth = round % COUNT(cases), len = cases[nth].len;
		memcpy(bytes, cases[nth].bytes, len);
		for (unsigned n = 1 + round % 4; n > 0 && len > 0; n--) {
			chance ^= chance << 13, chance ^= chance >> 17, chance ^= chance << 5;
			if (chance % 8 == 0)
				len = chance / 8 % (len + 1); /* cut */
			else if (chance % 8 == 1 && len < sizeof(bytes) - 8)
				memcpy(&bytes[len], &bytes[chance / 8 % len], 4), len += 4; /* grown */
			else
				bytes[chance / 8 % len] = (uint8_t)(chance >> 24);
			if (len == 0)
				break;
		}
		int rc = parse(bytes, len, &q);
		if (rc >= 0)
			check(&q);
		accepted += rc == DNS_NOERROR;
	}
	assert_true(accepted > 1000); /* it reached what is behind the first checks */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_is_read),
		cmocka_unit_test(whatever_comes_is_told_apart),
		cmocka_unit_test(names_have_a_limit),
		cmocka_unit_test(the_end_of_a_name_is_whole_labels),
		cmocka_unit_test(any_change_is_survived),
	};

	return cmocka_run_group_tests_name("ipv6test/dns_query", tests, NULL, NULL);
}
