/* SPDX-License-Identifier: MIT */
#include "ipv6test/tunnel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void an_address_tells_its_tunnel(void **state)
{
	static const struct {
		const char *address, *tunnel;
	} rows[] = {
		{"2002:c000:201::1", "6to4"},
		{"2002::", "6to4"},
		{"2003::1", ""},
		{"2001:0:c000:201::1", "Teredo"},
		{"2001::ffff", "Teredo"},
		{"2001:1::1", ""},
		{"2001:db8::1", ""},
		{"::1", ""},
		{"192.0.2.1", ""},
		{"32.2.0.1", ""},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct addr a;
		assert_int_equal(addr_parse(rows[i].address, 0, &a), 0);
		assert_string_equal(tunnel_of(&a), rows[i].tunnel);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_tells_its_tunnel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
