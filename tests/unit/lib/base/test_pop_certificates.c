/* The POP file's certificates: what is taken when nothing is said, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop.h"

#include "pop_text.h"

#include <string.h>

#define DIRECTORY "directory: \"https://acme.example/dir\""

static struct pop *parse(const char *services, const char *certificates, struct pop_error *reterr)
{
	return pop_of(reterr, POP_HEAD "services: {%s}\ncertificates: {%s}\n", services, certificates);
}

static void test_what_can_be_proved_is_the_default(void **state)
{
	static const struct {
		const char *services, *certificates;
		enum pop_challenge challenge;
	} cases[] = {
		{"pages: {}", DIRECTORY, POP_CHALLENGE_HTTP},
		{"pages: {}, authoritative: {}", DIRECTORY, POP_CHALLENGE_DNS},
		{"pages: {}, authoritative: {}", DIRECTORY ", challenge: http-01", POP_CHALLENGE_HTTP},
	};
	struct pop_error e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pop *p = parse(cases[i].services, cases[i].certificates, &e);
		if (p == NULL)
			fail_msg("%s: %s", cases[i].certificates, e.what);
		assert_int_equal(p->certificates->challenge, cases[i].challenge);
		assert_false(p->certificates->external_account);
		assert_null(p->certificates->contact);
		pop_free(p);
	}
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *services, *certificates, *what, *remedy;
	} mistakes[] = {
		{"pages: {}", "contact: a@b.example", "certificates.directory: missing", "\"directory\""},
		{"pages: {}", "directory: \"http://acme.example/\"", "\"http://acme.example/\" is not", "https://"},
		{"pages: {}", "directory: \"https://acme.example/?a=$(b)\"", "is not the https address", "https://"},
		{"pages: {}", DIRECTORY ", contact: noc", "certificates.contact: \"noc\" is not a mail", "noc@"},
		{"pages: {}", DIRECTORY ", ca_file: ca.pem", "certificates.ca_file: \"ca.pem\"", "/etc"},
		{"pages: {}", DIRECTORY ", challenge: tls-alpn-01", "is none of its values", "http-01, dns-01"},
		{"pages: {}", DIRECTORY ", challenge: dns-01", "which nothing serves", "authoritative"},
		{"pages: {http_port: 8080}", DIRECTORY, "at port 80, where they do not answer", "dns-01"},
		{"speedtest: {}", DIRECTORY, "at port 80", "pages: {}"},
		{"pages: {}, ipv6test: {http_port: 81, https_port: 444}", DIRECTORY, "only dns-01 proves", "dns-01"},
		{"pages: {}, speedtest: {addresses: {ipv4: 192.0.2.2}}", DIRECTORY, "services.speedtest.addresses: ",
	         "the addresses of the pages"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct pop_error e;
		assert_null(parse(mistakes[i].services, mistakes[i].certificates, &e));
		if (strstr(e.what, mistakes[i].what) == NULL || strstr(e.remedy, mistakes[i].remedy) == NULL)
			fail_msg("%s: %s / %s", mistakes[i].certificates, e.what, e.remedy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_can_be_proved_is_the_default),
		cmocka_unit_test(test_mistakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
