/* What resolvers did is remembered for each test, and never more than there is room for. */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/seen.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NONCE "abcdefghijklmnopqrstuvwxyz"

static struct seen_query query(const char *resolver, uint16_t type)
{
	struct seen_query q = {.test = "ds", .type = type};

	assert_int_equal(addr_parse(resolver, 4711, &q.resolver), 0);
	return q;
}

static char *json(struct seen *s, const char *nonce)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	seen_json(s, nonce, &out);
	return buf_take_text(&out);
}

static void what_was_asked_is_told(void **state)
{
	struct seen *s = seen_new(16);
	struct seen_query a = query("192.0.2.1", DNS_A), b = query("2001:db8::1", 65399);
	(void)state;

	seen_add(s, NONCE, &a, 1000);
	a.resolver.in.sin_port = 1; /* another port is no other resolver */
	seen_add(s, NONCE, &a, 1500);
	b.tcp = b.edns = b.dnssec_ok = b.mixed_case = b.minimised = true;
	b.buffer_bytes = 1232;
	b.subnet = (struct dns_client_subnet){.family = 2, .prefix_len = 56, .address = {0x20, 1, 0xd, 0xb8}};
	seen_add(s, NONCE, &b, 2000);
	char *text = json(s, NONCE);
	assert_string_equal(
	    text, "{\"nonce\":\"" NONCE "\",\"queries\":["
		  "{\"test\":\"ds\",\"type\":\"A\",\"resolver\":{\"address\":\"192.0.2.1\",\"family\":\"ipv4\"},"
		  "\"transport\":\"udp\",\"edns\":false,\"do\":false,\"buffer\":0,\"ecs\":null,"
		  "\"mixed_case\":false,\"minimised\":false,\"count\":2,\"first_ms\":0},"
		  "{\"test\":\"ds\",\"type\":\"TYPE65399\",\"resolver\":"
		  "{\"address\":\"2001:db8::1\",\"family\":\"ipv6\"},"
		  "\"transport\":\"tcp\",\"edns\":true,\"do\":true,\"buffer\":1232,\"ecs\":\"2001:db8::/56\","
		  "\"mixed_case\":true,\"minimised\":true,\"count\":1,\"first_ms\":1000}]}\n");
	free(text);
	text = json(s, "zbcdefghijklmnopqrstuvwxyz");
	assert_non_null(strstr(text, "\"queries\":[]"));
	free(text);
	seen_free(s);
}

/* The @i-th nonce. */
static const char *nonce_of(unsigned i, char ret[NONCE_LEN + 1])
{
	memcpy(ret, NONCE, NONCE_LEN + 1);
	for (unsigned at = 0; i > 0; at++, i /= 26)
		ret[at] = (char)('a' + i % 26);
	return ret;
}

static void the_oldest_goes_first(void **state)
{
	enum { NONCES = 64,
	       ADDED = 20 * NONCES };
	struct seen *s = seen_new(NONCES);
	struct seen_query q = query("192.0.2.1", DNS_A);
	char nonce[NONCE_LEN + 1];
	unsigned left = 0;
	(void)state;

	for (unsigned i = 0; i < ADDED; i++)
		seen_add(s, nonce_of(i, nonce), &q, i);
	for (unsigned i = 0; i < ADDED; i++) {
		char *text = json(s, nonce_of(i, nonce));
		bool is_there = strstr(text, "192.0.2.1") != NULL;
		left += is_there;
		if (i < NONCES)
			assert_false(is_there);
		if (i >= ADDED - NONCES)
			assert_true(is_there);
		free(text);
	}
	assert_int_equal(seen_count(s), left);
	assert_in_range(left, NONCES, (NONCES + 16) * SEEN_MEAN_QUERIES);
	seen_free(s);
}

static void one_test_does_not_take_the_room_of_all(void **state)
{
	struct seen *s = seen_new(1024);
	(void)state;

	for (unsigned i = 0; i < 10 * SEEN_PER_NONCE; i++) {
		struct seen_query q = query("192.0.2.1", (uint16_t)i);
		seen_add(s, NONCE, &q, i);
	}
	assert_int_equal(seen_count(s), SEEN_PER_NONCE);
	seen_free(s);
}

/* As many nonces as come in a minute at 20,000 a second. */
static void a_flood_of_nonces_takes_no_more_memory(void **state)
{
	struct seen *s = seen_new(4096);
	struct seen_query q = query("2001:db8::1", DNS_AAAA);
	char nonce[NONCE_LEN + 1];
	(void)state;

	struct mallinfo2 before = mallinfo2();
	for (unsigned i = 0; i < 1200000; i++)
		seen_add(s, nonce_of(i, nonce), &q, i);
	struct mallinfo2 after = mallinfo2();
	assert_int_equal(after.uordblks + after.hblkhd, before.uordblks + before.hblkhd);
	assert_in_range(seen_count(s), 4096, (4096 + 16) * SEEN_MEAN_QUERIES);
	seen_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_asked_is_told),
		cmocka_unit_test(the_oldest_goes_first),
		cmocka_unit_test(one_test_does_not_take_the_room_of_all),
		cmocka_unit_test(a_flood_of_nonces_takes_no_more_memory),
	};

	return cmocka_run_group_tests_name("ipv6test/seen", tests, NULL, NULL);
}
