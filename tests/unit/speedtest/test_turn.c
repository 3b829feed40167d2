/* Credentials for the relay: as coturn makes them, one name for one household. */
/* SPDX-License-Identifier: MIT */
#include "speedtest/turn.h"

#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct turn_credential credential(const char *client, int64_t expires_s)
{
	struct turn_credential c;
	struct addr a;

	assert_int_equal(addr_parse(client, 0, &a), 0);
	turn_credential_make("north", &a, expires_s, &c);
	return c;
}

/** Made with Python's hmac: HMAC-SHA1 of the prefix, then of the name, with "north". */
static void test_known_credentials(void **state)
{
	(void)state;
	struct turn_credential c = credential("192.0.2.7", 1767225660);

	assert_string_equal(c.name, "1767225660:5df4e3078168aa36");
	assert_string_equal(c.password, "vNuQUhsx5zhlVtr030wnwPQwjOc=");
	c = credential("2001:db8:1:2ff::1", 1767225660);
	assert_string_equal(c.name, "1767225660:072821d844684a10");
	assert_string_equal(c.password, "WJ60vjERGceNzhjO45ud5TTO0D0=");
}

static void test_one_name_for_one_household(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		bool is_one;
	} cases[] = {
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"2001:db8:0:1::1", "2001:db8:0:ff:ffff::", true},
		{"2001:db8:0:1::1", "2001:db8:0:100::1", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct turn_credential a = credential(cases[i].a, 1), b = credential(cases[i].b, 1);
		assert_int_equal(strcmp(a.name, b.name) == 0, cases[i].is_one);
		assert_string_not_equal(a.password, credential(cases[i].a, 2).password);
	}
}

static unsigned n_warnings;

static void count_warning(const struct log_record *record)
{
	n_warnings += record->level == LOG_LEVEL_WARN;
}

/** As after a start with @secret in the credential's file, NULL for no file. */
static struct turn started(const char *services, const char *secret)
{
	static const char site[] = "site: {name: lyon, title: Lyon, domain: lyon.example, city: Lyon, country: FR, "
				   "languages: [fr], operated_by: {name: IX, contact: noc@example.net}}\n"
				   "addresses: {ipv4: 192.0.2.1, ipv6: \"2001:db8::1\"}\n";
	char dir[] = "/tmp/turn-XXXXXX", path[64], text[512];
	struct pop_error e;
	struct turn t;
	struct pop *p;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/turn-secret", dir);
	if (secret != NULL) {
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		assert_true(fputs(secret, f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
	int n = snprintf(text, sizeof(text), "%sservices: {%s}\n", site, services);
	assert_int_equal(pop_parse(text, (size_t)n, &p, &e), 0);
	assert_int_equal(setenv("CREDENTIALS_DIRECTORY", dir, 1), 0);
	n_warnings = 0;
	turn_init(&t, p);
	pop_free(p);
	(void)unlink(path);
	(void)rmdir(dir);
	return t;
}

static void test_start(void **state)
{
	(void)state;
	char text[ADDR_PORT_TEXT_MAX], too_long[TURN_SECRET_MAX + 1];

	struct turn t = started("speedtest: {}, turn: {port: 3479}", "south\n");
	assert_string_equal(t.secret, "south");
	assert_string_equal(addr_port_text(&t.ipv4, text), "192.0.2.1:3479");
	assert_string_equal(addr_port_text(&t.ipv6, text), "[2001:db8::1]:3479");

	t = started("speedtest: {}, turn: {addresses: {ipv4: 192.0.2.9}}", "south\n");
	assert_string_equal(addr_port_text(&t.ipv4, text), "192.0.2.9:3478");
	assert_int_equal(addr_family(&t.ipv6), AF_UNSPEC);

	t = started("speedtest: {}", "south\n");
	assert_string_equal(t.secret, "");
	assert_int_equal(n_warnings, 0);

	(void)memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	const char *const no_secrets[] = {NULL, "", "\n", too_long};
	for (size_t i = 0; i < sizeof(no_secrets) / sizeof(*no_secrets); i++) {
		t = started("speedtest: {}, turn: {}", no_secrets[i]);
		assert_string_equal(t.secret, "");
		assert_int_equal(n_warnings, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_credentials),
		cmocka_unit_test(test_one_name_for_one_household),
		cmocka_unit_test(test_start),
	};

	log_set_sink(count_warning);
	return cmocka_run_group_tests_name("speedtest/turn", tests, NULL, NULL);
}
