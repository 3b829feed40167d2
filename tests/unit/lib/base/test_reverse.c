/* Reverse zones: their names, what is none, and how prefixes are split. */
/* SPDX-License-Identifier: MIT */
#include "base/reverse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *prefix, *range, *slash, *dash;
} zones[] = {
	{"0.0.0.0/0", "in-addr.arpa", NULL, NULL},
	{"10.0.0.0/8", "10.in-addr.arpa", NULL, NULL},
	{"192.0.0.0/16", "0.192.in-addr.arpa", NULL, NULL},
	{"192.0.2.0/24", "2.0.192.in-addr.arpa", NULL, NULL},
	{"192.0.2.5/32", "5.2.0.192.in-addr.arpa", NULL, NULL},
	{"192.0.2.0/25", "0-127.2.0.192.in-addr.arpa", "0/25.2.0.192.in-addr.arpa", "0-25.2.0.192.in-addr.arpa"},
	{"192.0.2.64/26", "64-127.2.0.192.in-addr.arpa", "64/26.2.0.192.in-addr.arpa", "64-26.2.0.192.in-addr.arpa"},
	{"192.0.2.0/28", "0-15.2.0.192.in-addr.arpa", "0/28.2.0.192.in-addr.arpa", "0-28.2.0.192.in-addr.arpa"},
	{"192.0.2.2/31", "2-3.2.0.192.in-addr.arpa", "2/31.2.0.192.in-addr.arpa", "2-31.2.0.192.in-addr.arpa"},
	{"::/0", "ip6.arpa", NULL, NULL},
	{"2000::/4", "2.ip6.arpa", NULL, NULL},
	{"2001:db8::/32", "8.b.d.0.1.0.0.2.ip6.arpa", NULL, NULL},
	{"2001:db8:ab00::/44", "0.b.a.8.b.d.0.1.0.0.2.ip6.arpa", NULL, NULL},
	{"2001:db8::f/128", "f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", NULL, NULL},
};

static void check_name(const struct prefix *p, enum reverse_form form, const char *name)
{
	char text[REVERSE_NAME_MAX];
	struct prefix back;

	assert_string_equal(reverse_name(p, form, text), name);
	assert_int_equal(reverse_parse(name, &back), 0);
	assert_memory_equal(&back.addr, &p->addr, addr_len(&p->addr));
	assert_int_equal(back.len, p->len);
}

static void test_names_there_and_back(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(zones); i++) {
		struct prefix p;
		assert_int_equal(prefix_parse(zones[i].prefix, &p), 0);
		assert_int_equal(reverse_zones(&p), 1);
		check_name(&p, REVERSE_RANGE, zones[i].range);
		check_name(&p, REVERSE_SLASH, zones[i].slash != NULL ? zones[i].slash : zones[i].range);
		if (zones[i].dash != NULL)
			check_name(&p, REVERSE_DASH, zones[i].dash);
	}
}

/* Every block of every length, in each form: no range is taken for a length or the other way round. */
static void test_all_classless_blocks(void **state)
{
	(void)state;
	char name[REVERSE_NAME_MAX];

	for (unsigned len = 25; len < 32; len++) {
		for (unsigned first = 0; first < 256; first += 1u << (32 - len)) {
			struct prefix p = {.len = len}, back;
			p.addr.in = (struct sockaddr_in){.sin_family = AF_INET,
			                                 .sin_addr.s_addr = htonl(0xc0000200 | first)};
			assert_int_equal(reverse_parse(reverse_name(&p, REVERSE_RANGE, name), &back), 0);
			assert_true(addr_equal(&p.addr, &back.addr) && p.len == back.len);
			assert_int_equal(reverse_parse(reverse_name(&p, REVERSE_SLASH, name), &back), 0);
			assert_true(addr_equal(&p.addr, &back.addr) && p.len == back.len);
		}
	}
	struct prefix p;
	assert_int_equal(reverse_parse("0-31.2.0.192.in-addr.arpa", &p), 0);
	assert_int_equal(p.len, 27);
	assert_int_equal(reverse_parse("0-26.2.0.192.in-addr.arpa", &p), 0);
	assert_int_equal(p.len, 26);
}

static void test_other_spellings(void **state)
{
	(void)state;
	struct prefix p;

	assert_int_equal(reverse_parse("2.0.192.IN-ADDR.ARPA.", &p), 0);
	assert_int_equal(p.len, 24);
	assert_int_equal(reverse_parse("8.B.D.0.1.0.0.2.Ip6.Arpa", &p), 0);
	assert_int_equal(p.len, 32);
}

static void test_no_reverse_zones(void **state)
{
	(void)state;
	static const char *const cases[] = {
		"",
		".",
		"arpa",
		"example.net",
		"2.0.192.in-addr.arpa.example",
		"2.0.192.in-addr.arpa..",
		"in-addr.arpa.in-addr.arpa",
		".in-addr.arpa",
		"256.0.192.in-addr.arpa",
		"02.0.192.in-addr.arpa",
		"-1.0.192.in-addr.arpa",
		"1.2.3.4.5.in-addr.arpa",
		"0/24.2.0.192.in-addr.arpa",
		"0/32.2.0.192.in-addr.arpa",
		"1/25.2.0.192.in-addr.arpa",
		"64-126.2.0.192.in-addr.arpa",
		"64/127.2.0.192.in-addr.arpa",
		"0-255.2.0.192.in-addr.arpa",
		"0/25.0.192.in-addr.arpa",
		"0/25.3.2.0.192.in-addr.arpa",
		"0/25.0/25.2.0.192.in-addr.arpa",
		"0_127.2.0.192.in-addr.arpa",
		"g.8.b.d.0.1.0.0.2.ip6.arpa",
		"10.8.b.d.0.1.0.0.2.ip6.arpa",
		"0-127.ip6.arpa",
		"0.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct prefix p;
		print_message("%s\n", cases[i]);
		assert_int_equal(reverse_parse(cases[i], &p), -EINVAL);
	}
}

static void test_splits(void **state)
{
	(void)state;
	static const struct {
		const char *prefix;
		unsigned n;
		const char *first, *second, *last;
	} cases[] = {
		{"192.0.0.0/9", 128, "192.0.0.0/16", "192.1.0.0/16", "192.127.0.0/16"},
		{"128.0.0.0/1", 128, "128.0.0.0/8", "129.0.0.0/8", "255.0.0.0/8"},
		{"192.0.2.0/23", 2, "192.0.2.0/24", "192.0.3.0/24", "192.0.3.0/24"},
		{"192.0.0.0/17", 128, "192.0.0.0/24", "192.0.1.0/24", "192.0.127.0/24"},
		{"2001:db8::/29", 8, "2001:db8::/32", "2001:db9::/32", "2001:dbf::/32"},
		{"2001:db8::/33", 8, "2001:db8::/36", "2001:db8:1000::/36", "2001:db8:7000::/36"},
		{"2001:db8::/47", 2, "2001:db8::/48", "2001:db8:1::/48", "2001:db8:1::/48"},
		{"2001:db8::c/126", 4, "2001:db8::c/128", "2001:db8::d/128", "2001:db8::f/128"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *names[] = {cases[i].first, cases[i].second, cases[i].last};
		const unsigned places[] = {0, 1, cases[i].n - 1};
		struct prefix p;
		assert_int_equal(prefix_parse(cases[i].prefix, &p), 0);
		assert_int_equal(reverse_zones(&p), cases[i].n);
		for (size_t k = 0; k < COUNT(names); k++) {
			struct prefix zone = reverse_zone(&p, places[k]);
			char text[PREFIX_TEXT_MAX];
			assert_string_equal(prefix_text(&zone, text), names[k]);
			assert_int_equal(reverse_zones(&zone), 1);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_there_and_back),
		cmocka_unit_test(test_all_classless_blocks),
		cmocka_unit_test(test_other_spellings),
		cmocka_unit_test(test_no_reverse_zones),
		cmocka_unit_test(test_splits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
