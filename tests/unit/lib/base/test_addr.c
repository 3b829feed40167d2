/* Addresses and prefixes: what is understood, what is refused, how they are written. */
/* SPDX-License-Identifier: MIT */
#include "base/addr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_texts(void **state)
{
	(void)state;
	static const struct {
		const char *in, *text, *with_port;
		uint16_t port;
		int family;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", "192.0.2.1:80", 80, AF_INET},
		{"255.255.255.255", "255.255.255.255", "255.255.255.255:65535", 65535, AF_INET},
		{"2001:DB8:0:0:0:0:0:1", "2001:db8::1", "[2001:db8::1]:443", 443, AF_INET6},
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "[2001:db8::1:0:0:1]:0", 0, AF_INET6},
		{"::", "::", "[::]:1", 1, AF_INET6},
		{"2001:db8:1111:2222:3333:4444:5555:6666", "2001:db8:1111:2222:3333:4444:5555:6666",
	         "[2001:db8:1111:2222:3333:4444:5555:6666]:65535", 65535, AF_INET6},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[ADDR_TEXT_MAX], with_port[ADDR_PORT_TEXT_MAX];
		struct addr a;

		assert_int_equal(addr_parse(cases[i].in, cases[i].port, &a), 0);
		assert_int_equal(addr_family(&a), cases[i].family);
		assert_int_equal(addr_port(&a), cases[i].port);
		assert_string_equal(addr_text(&a, text), cases[i].text);
		assert_string_equal(addr_port_text(&a, with_port), cases[i].with_port);
	}
}

static void test_refused_addresses(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"",
		"localhost",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.1 ",
		"0192.0.2.1",
		"192.0.2.1:80",
		"[::1]",
		"::1%lo",
		"2001:db8::1::2",
		"12345::",
		"192.0.2.1/32",
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr a, before;
		memset(&a, 0x5a, sizeof(a));
		before = a;
		assert_int_equal(addr_parse(cases[i], 80, &a), -EINVAL);
		assert_memory_equal(&a, &before, sizeof(a)); /* set on success only */
	}
}

static struct addr addr_of(const char *text, uint16_t port)
{
	struct addr a;
	assert_int_equal(addr_parse(text, port, &a), 0);
	return a;
}

static void test_from_sockaddr(void **state)
{
	(void)state;
	static const struct {
		const char *from, *text;
		socklen_t len;
	} cases[] = {
		{"192.0.2.7", "192.0.2.7", sizeof(struct sockaddr_in)},
		{"2001:db8::7", "2001:db8::7", sizeof(struct sockaddr_in6)},
		{"::ffff:192.0.2.7", "192.0.2.7", sizeof(struct sockaddr_in)}, /* mapped */
		{"::192.0.2.7", "::192.0.2.7", sizeof(struct sockaddr_in6)},   /* not mapped */
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr source = addr_of(cases[i].from, 4242), a;
		struct sockaddr_storage storage = {0};
		char text[ADDR_TEXT_MAX];

		memcpy(&storage, &source, sizeof(source));
		memset(&a, 0xff, sizeof(a));
		addr_from_sockaddr(&storage, &a);
		assert_string_equal(addr_text(&a, text), cases[i].text);
		assert_int_equal(addr_port(&a), 4242);
		assert_int_equal(addr_len(&a), cases[i].len);
	}
}

static void test_equal(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		uint16_t port_a, port_b;
		bool equal;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", 80, 80, true},
		{"192.0.2.1", "192.0.2.1", 80, 81, false},
		{"192.0.2.1", "192.0.2.2", 80, 80, false},
		{"2001:db8::1", "2001:db8:0::1", 80, 80, true},
		{"2001:db8::1", "2001:db8::2", 80, 80, false},
		{"0.0.0.0", "::", 80, 80, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr a = addr_of(cases[i].a, cases[i].port_a);
		struct addr b = addr_of(cases[i].b, cases[i].port_b);
		assert_int_equal(addr_equal(&a, &b), cases[i].equal);
	}
}

static void test_prefixes(void **state)
{
	(void)state;
	static const struct {
		const char *in, *out; /* NULL: refused */
	} cases[] = {
		{"192.0.2.0/24", "192.0.2.0/24"},
		{"192.0.2.1", "192.0.2.1/32"},
		{"0.0.0.0/0", "0.0.0.0/0"},
		{"198.51.100.128/25", "198.51.100.128/25"},
		{"2001:db8::/32", "2001:db8::/32"},
		{"2001:db8::1", "2001:db8::1/128"},
		{"2001:db8:8000::/33", "2001:db8:8000::/33"},
		{"::/0", "::/0"},
		{"192.0.2.1/24", NULL}, /* host bits */
		{"2001:db8::1/127", NULL},
		{"192.0.2.0/33", NULL},
		{"::/129", NULL},
		{"192.0.2.0/", NULL},
		{"192.0.2.0/024", NULL},
		{"192.0.2.0/+24", NULL},
		{"192.0.2.0/ 24", NULL},
		{"192.0.2.0/24/24", NULL},
		{"::/4294967297", NULL}, /* would wrap to /1 */
		{"/24", NULL},
		{"", NULL},
		{"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa/64", NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[PREFIX_TEXT_MAX];
		struct prefix p;
		int rc = prefix_parse(cases[i].in, &p);

		assert_int_equal(rc, cases[i].out == NULL ? -EINVAL : 0);
		if (rc == 0)
			assert_string_equal(prefix_text(&p, text), cases[i].out);
	}
}

static void test_contains(void **state)
{
	(void)state;
	static const struct {
		const char *prefix, *addr;
		bool inside;
	} cases[] = {
		{"192.0.2.0/24", "192.0.2.255", true},
		{"192.0.2.0/24", "192.0.3.0", false},
		{"192.0.2.128/25", "192.0.2.127", false},
		{"192.0.2.128/25", "192.0.2.128", true},
		{"0.0.0.0/0", "203.0.113.9", true},
		{"0.0.0.0/0", "2001:db8::1", false},
		{"2001:db8:8000::/33", "2001:db8:ffff::1", true},
		{"2001:db8:8000::/33", "2001:db8:7fff::1", false},
		{"2001:db8::1", "2001:db8::1", true},
		{"2001:db8::1", "2001:db8::", false},
		{"::/0", "192.0.2.1", false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr a = addr_of(cases[i].addr, 53); /* the port does not matter */
		struct prefix p;
		assert_int_equal(prefix_parse(cases[i].prefix, &p), 0);
		assert_int_equal(prefix_contains(&p, &a), cases[i].inside);
	}
}

static void test_two_prefixes(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool covers, overlaps; /* @a all of @b; any of it */
		int order;
	} cases[] = {
		{"192.0.2.0/24", "192.0.2.0/24", true, true, 0},
		{"192.0.2.0/24", "192.0.2.128/25", true, true, -1},
		{"192.0.2.0/25", "192.0.2.0/24", false, true, 1},
		{"192.0.2.0/25", "192.0.2.128/25", false, false, -1},
		{"0.0.0.0/0", "192.0.2.0/24", true, true, -1},
		{"2001:db8::/32", "2001:db8:1::/48", true, true, -1},
		{"2001:db8:1::/48", "2001:db8::/48", false, false, 1},
		{"0.0.0.0/0", "::/0", false, false, -1},
		{"::/0", "192.0.2.0/24", false, false, 1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct prefix a, b;
		assert_int_equal(prefix_parse(cases[i].a, &a), 0);
		assert_int_equal(prefix_parse(cases[i].b, &b), 0);
		assert_int_equal(prefix_covers(&a, &b), cases[i].covers);
		assert_int_equal(prefix_overlaps(&a, &b), cases[i].overlaps);
		assert_int_equal(prefix_overlaps(&b, &a), cases[i].overlaps);
		int order = prefix_compare(&a, &b);
		assert_int_equal((order > 0) - (order < 0), cases[i].order);
	}
}

static void test_prefix_of(void **state)
{
	(void)state;
	static const struct {
		const char *addr;
		unsigned len;
		const char *text;
	} cases[] = {
		{"192.0.2.77", 24, "192.0.2.0/24"},
		{"192.0.2.77", 0, "0.0.0.0/0"},
		{"192.0.2.77", 31, "192.0.2.76/31"},
		{"192.0.2.77", 64, "192.0.2.77/32"}, /* cut to the family's size */
		{"2001:db8:1:2:3:4:5:6", 56, "2001:db8:1::/56"},
		{"2001:db8:1:2:3:4:5:6", 999, "2001:db8:1:2:3:4:5:6/128"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[PREFIX_TEXT_MAX];
		struct addr a = addr_of(cases[i].addr, 443);
		struct prefix p = prefix_of(&a, cases[i].len);
		assert_string_equal(prefix_text(&p, text), cases[i].text);
		assert_int_equal(addr_port(&p.addr), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_refused_addresses),
		cmocka_unit_test(test_from_sockaddr),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_contains),
		cmocka_unit_test(test_prefix_of),
		cmocka_unit_test(test_two_prefixes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
