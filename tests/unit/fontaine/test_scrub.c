/* What is taken out of texts that leave the POP, in whatever way it is written. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/scrub.h"

#include "fontaine/secrets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t key[2] = {1, 2};
static const char kept[] = "ipv4: 192.0.2.1\n192.0.2.64/26 2001:db8:100::/40 192.0.2.5/24 "
			   "www.example.net demo.localhost";

static int new_scrub(void **state)
{
	*state = scrub_new(key);
	scrub_keep(*state, kept, strlen(kept));
	return 0;
}

static int free_scrub(void **state)
{
	scrub_free(*state);
	return 0;
}

/** What becomes of @text; released with free(). */
static char *scrubbed(struct scrub *s, const char *text)
{
	struct buf out;
	enum scrub_kind kind;

	buf_init(&out, 1 << 20);
	assert_int_equal(scrub_text(s, text, strlen(text), &out), 0);
	assert_false(scrub_finds(s, buf_text(&out), out.len, &kind));
	return buf_take_text(&out);
}

static void assert_scrubbed(struct scrub *s, const char *text, const char *wanted)
{
	char *now = scrubbed(s, text);

	assert_string_equal(now, wanted);
	free(now);
}

/** The word that @text, all of it, becomes. */
static char *word_of(struct scrub *s, const char *text)
{
	char *word = scrubbed(s, text);

	assert_int_equal(word[0], '{');
	assert_ptr_equal(strchr(word, '}'), word + strlen(word) - 1);
	return word;
}

static void test_every_form_of_one_client_is_one_word(void **state)
{
	static const char *const forms[][10] = {
		{"203.0.113.9", "203.000.113.009", "203-0-113-9", "::ffff:203.0.113.9", "::FFFF:cb00:7109",
	         "0:0:0:0:0:ffff:203.0.113.9", "9.113.0.203.in-addr.arpa"},
		{"2001:db8::9", "2001:DB8::9", "2001:0db8:0000:0000:0000:0000:0000:0009", "2001:db8:0:0::0:9",
	         "2001%3Adb8%3a%3A9", "2001:db8::0.0.0.9",
	         "9.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
		{"00:00:5e:00:53:af", "00:00:5E:00:53:AF", "00-00-5e-00-53-af", "0000.5e00.53af"},
		{"host.example.org", "HOST.Example.ORG"},
		{"who@example.org", "Who@Example.org"},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		char *first = word_of(*state, forms[i][0]);
		for (size_t k = 1; forms[i][k] != NULL; k++)
			assert_scrubbed(*state, forms[i][k], first);
		free(first);
	}
}

/** @before CLIENT @after keeps what is around it. */
static void test_they_are_found_wherever_they_stand(void **state)
{
	static const char *const clients[] = {"203.0.113.9", "2001:db8:1:2:3:4:5:6", "2001:db8::9", "fe80::1"};
	static const char *const around[][2] = {
		{"", ""},
		{"from ", ": refused"},
		{"[", "]:443"},
		{"ip=", ","},
		{"\"", "\""},
		{"client:", "\n"},
		{"(", ")."},
		{"addr ", "@53"},
		{"at ", "#4500"},
		{"", "%eth0"},
		{"", "/somewhere"},
		{"x=", ".\n"},
		{"<", ">"},
		{"=3D", " "},
		{"\\n", "\\n"},
	};

	for (size_t i = 0; i < sizeof(clients) / sizeof(*clients); i++) {
		char *word = word_of(*state, clients[i]);
		for (size_t k = 0; k < sizeof(around) / sizeof(*around); k++) {
			char text[128], wanted[128];
			bool is_glued = i > 0 && strcmp(around[k][0], "=3D") == 0; /* that may be its own beginning */
			(void)snprintf(text, sizeof(text), "%s%s%s", around[k][0], clients[i], around[k][1]);
			(void)snprintf(wanted, sizeof(wanted), "%s%s%s", around[k][0], word, around[k][1]);
			char *now = scrubbed(*state, text);
			if (is_glued)
				assert_null(strstr(now, clients[i]));
			else
				assert_string_equal(now, wanted);
			free(now);
		}
		free(word);
	}
}

static void test_what_is_the_pops_own_stays(void **state)
{
	static const char *const fine[] = {
		"192.0.2.1:53 and ::ffff:192.0.2.1 of 192.0.2.64/26, 2001:db8:100::/40; 192.0.2.5",
		"127.0.0.53 [::1]:53 0.0.0.0/0 ::/0",
		"www.example.net www.Example.net. demo.localhost",
		"nginx.service unbound.conf rsyncd@127.0.0.1.service rsyncd@::1.service user@0.service",
		"12:34:56 2026-11-22T04:23:38+00:00 1.26.2-1+deb13u1 libssl3t64 3.4.6 99.9 300.1.2.3",
		"e.g. i.e. ... {host-0123456789} 0001-7 thread0.num2",
	};

	for (size_t i = 0; i < sizeof(fine) / sizeof(*fine); i++)
		assert_scrubbed(*state, fine[i], fine[i]);
}

static void test_an_address_inside_a_prefix_is_a_clients(void **state)
{
	static const char *const clients[] = {"192.0.2.65", "192.0.2.64", "192.0.2.64/27", "2001:db8:100::",
	                                      "2001:db8:100::1"};

	for (size_t i = 0; i < sizeof(clients) / sizeof(*clients); i++) {
		char *now = scrubbed(*state, clients[i]);
		assert_int_equal(now[0], '{');
		free(now);
	}
}

static void test_secrets_go_wherever_they_are(void **state)
{
	static const char secret[] = "N7poMJmeKa5rFfyJd1/R/FT7vyoGMAGqCoTGyJttFco=";

	assert_int_equal(scrub_add_secret(*state, secret, strlen(secret)), 0);
	assert_int_equal(scrub_add_secret(*state, "net:lyon-3", 10), 0);
	assert_int_equal(scrub_add_secret(*state, "short", 5), -EINVAL);
	assert_scrubbed(*state, "xN7poMJmeKa5rFfyJd1/R/FT7vyoGMAGqCoTGyJttFco=x", "x{secret}x");
	assert_scrubbed(*state, "a.example.net:lyon-3, net:lyon-3", "{secret}, {secret}");
	assert_scrubbed(*state, "/?token=abc&x=1 \"password\": \"a b\"",
	                "/?token={secret}&x=1 \"password\": \"{secret} b\"");
	assert_scrubbed(*state, "Authorization: Basic d2hvOnRoYXQ=\r\nX: y", "Authorization: {secret}\r\nX: y");
	assert_scrubbed(*state, "rsync://who:that@www.example.net/x", "rsync://{secret}@www.example.net/x");
	assert_scrubbed(*state, "password={hunter2}", "password={secret}");
	assert_scrubbed(*state, "the secret of the relay", "the secret of the relay");
}

static void test_files_of_keys_are_read(void **state)
{
	static const char knot[] = "key:\n  - id: rdnsd\n"
				   "    algorithm: hmac-sha256\n    secret: AAAABBBBCCCCDDDDEEEE=\n";
	static const char bird[] = "password \"lyon:3 x\";\n", alone[] = "hunter2\n";
	static const char pop[] = "mirror:\n  webhook: https://chat.example.net/hook/T0123/xyz\n  root: /srv/mirror\n";

	assert_int_equal(secrets_in_file(*state, knot, strlen(knot)), 1);
	assert_true(secrets_in_file(*state, bird, strlen(bird)) >= 1);
	assert_int_equal(secrets_in_file(*state, alone, strlen(alone)), 1);
	assert_int_equal(secrets_in_pop(*state, pop, strlen(pop)), 1);
	assert_scrubbed(*state, "x AAAABBBBCCCCDDDDEEEE= lyon:3 x hunter2 hmac-sha256",
	                "x {secret} {secret} {secret} hmac-sha256");
	scrub_keep(*state, "chat.example.net", 16);
	assert_scrubbed(*state, "https://chat.example.net/hook/T0123/xyz", "https://chat.example.net/{secret}");
}

/** Whatever is around them: no byte of three clients survives, and what comes of it is as good as it gets. */
static void test_hostile_texts(void **state)
{
	static const char *const pieces[] = {
		"203.0.113.9", "2001:db8:1:2:3:4:5:6", "who@example.org", "00:00:5e:00:53:af",
		":", "::", ".", "-", "@", "%", "%3A", "%40", "{", "}", "{secret}", "token=",
		"://", "/", "\n", " ", "\"", "a", "\\n", "f", "x", "\xc3\xa9", ".arpa", "in-addr.arpa", "+", "_"};
	enum { PIECES = sizeof(pieces) / sizeof(*pieces),
	       CLIENTS = 4,
	       ROUNDS = 20000,
	       LENGTH = 12 };
	uint64_t chance = 7;

	for (unsigned round = 0; round < ROUNDS; round++) {
		char text[512] = "";
		struct buf out;
		enum scrub_kind kind;
		for (unsigned i = 0; i < LENGTH; i++) {
			chance = chance * 6364136223846793005u + 1442695040888963407u;
			size_t first = i % 2 == 0 ? CLIENTS : 0; /* digits right before an address are part of none */
			strcat(text, pieces[first + (chance >> 33) % (PIECES - first)]);
		}
		buf_init(&out, 1 << 16);
		int rc = scrub_text(*state, text, strlen(text), &out);
		assert_true(rc == 0 || rc == -ELOOP);
		assert_false(scrub_finds(*state, buf_text(&out), out.len, &kind));
		for (unsigned i = 0; i < CLIENTS; i++)
			if (strstr(buf_text(&out), pieces[i]) != NULL)
				fail_msg("\"%s\" becomes \"%s\"", text, buf_text(&out));
		buf_done(&out);
	}
}

/** No text makes it slow: each of these would be, where a word is looked at again at each of its letters. */
static void test_long_texts(void **state)
{
	static const char *const units[] = {"a.", "a+", "-", ":", "1.", "token=", "://", "@", "%3A", "f:"};
	enum { BYTES = 1 << 18 };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		char *text = calloc(1, BYTES + 16);
		struct buf out;
		assert_non_null(text);
		for (size_t len = 0; len < BYTES; len += strlen(units[i]))
			strcpy(text + len, units[i]);
		buf_init(&out, 16 * BYTES);
		int rc = scrub_text(*state, text, strlen(text), &out);
		assert_true(rc == 0 || rc == -ELOOP);
		buf_done(&out);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_every_form_of_one_client_is_one_word, new_scrub, free_scrub),
		cmocka_unit_test_setup_teardown(test_they_are_found_wherever_they_stand, new_scrub, free_scrub),
		cmocka_unit_test_setup_teardown(test_what_is_the_pops_own_stays, new_scrub, free_scrub),
		cmocka_unit_test_setup_teardown(test_an_address_inside_a_prefix_is_a_clients, new_scrub, free_scrub),
		cmocka_unit_test_setup_teardown(test_secrets_go_wherever_they_are, new_scrub, free_scrub),
		cmocka_unit_test_setup_teardown(test_files_of_keys_are_read, new_scrub, free_scrub),
		cmocka_unit_test_setup_teardown(test_hostile_texts, new_scrub, free_scrub),
		cmocka_unit_test_setup_teardown(test_long_texts, new_scrub, free_scrub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
