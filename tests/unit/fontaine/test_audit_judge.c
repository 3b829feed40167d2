/* What answers say: each judgement passes what is right, and fails what is not. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/audit_judge.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct audit_finding found;

static void again(void)
{
	found = (struct audit_finding){0};
}

/** Heads of DNS answers: code, and how many records are answered. */
static const uint8_t *head(unsigned rcode, unsigned n_answers)
{
	static uint8_t message[12];

	memcpy(message, (const uint8_t[12]){0, 1, 0x81, (uint8_t)rcode, 0, 0, 0, (uint8_t)n_answers}, 12);
	return message;
}

static void test_strangers_and_transfers(void **state)
{
	static const struct {
		unsigned rcode, n, len, asked;
		enum audit_state refusal, transfer;
	} cases[] = {
		{5, 0, 12, 12, AUDIT_PASS, AUDIT_PASS},
		{9, 0, 12, 12, AUDIT_FAIL, AUDIT_PASS}, /* NOTAUTH */
		{0, 1, 12, 12, AUDIT_FAIL, AUDIT_FAIL},
		{2, 0, 12, 12, AUDIT_FAIL, AUDIT_FAIL}, /* it tried */
		{5, 1, 12, 12, AUDIT_FAIL, AUDIT_FAIL},
		{5, 0, 100, 50, AUDIT_FAIL, AUDIT_PASS}, /* longer than what was asked */
		{5, 0, 11, 12, AUDIT_UNKNOWN, AUDIT_UNKNOWN},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		again();
		audit_judge_refusal(head(cases[i].rcode, cases[i].n), cases[i].len, cases[i].asked, &found);
		assert_int_equal(found.state, cases[i].refusal);
		again();
		audit_judge_transfer(head(cases[i].rcode, cases[i].n), cases[i].len, &found);
		assert_int_equal(found.state, cases[i].transfer);
		assert_true(*found.seen != '\0');
	}
}

static void test_what_is_wrong_stays(void **state)
{
	(void)state;
	again();
	audit_judge_refusal(head(0, 1), 12, 12, &found);
	audit_judge_refusal(head(5, 0), 12, 12, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
}

static void test_sizes_and_signatures(void **state)
{
	(void)state;
	again();
	audit_judge_size(head(0, 1), 1232, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	audit_judge_size(head(0, 1), 1233, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	again();
	audit_judge_bogus(head(2, 0), 12, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	audit_judge_bogus(head(0, 1), 12, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
}

static void test_rates(void **state)
{
	(void)state;
	audit_judge_slips(100, 60, 30, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	audit_judge_slips(100, 100, 0, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	audit_judge_slips(100, 60, 0, &found); /* a full buffer */
	assert_int_equal(found.state, AUDIT_FAIL);
	audit_judge_slips(100, 0, 0, &found);
	assert_int_equal(found.state, AUDIT_UNKNOWN);
	audit_judge_rate(60, 33, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	audit_judge_rate(60, 45, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	audit_judge_rate(60, 0, &found);
	assert_int_equal(found.state, AUDIT_UNKNOWN);
}

static void test_time(void **state)
{
	uint8_t answer[64] = {0x24, 2};
	(void)state;

	again();
	audit_judge_time(answer, 48, 48, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	audit_judge_time(answer, 64, 48, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	again();
	answer[0] = 0xe4; /* leap indicator 3 */
	audit_judge_time(answer, 48, 48, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	again();
	audit_judge_time(answer, 0, 48, &found);
	assert_int_equal(found.state, AUDIT_UNKNOWN);
}

#define KEPT "Content-Security-Policy: x\r\nx-content-type-options: nosniff\r\nReferrer-Policy: no-referrer\r\n"

static void test_pages(void **state)
{
	static const struct {
		const char *reply;
		enum audit_state head, hsts;
	} cases[] = {
		{"HTTP/1.1 200 OK\r\nServer: nginx\r\n" KEPT "\r\n", AUDIT_PASS, AUDIT_FAIL},
		{"HTTP/1.1 200 OK\r\n" KEPT "Strict-Transport-Security: max-age=1\r\n\r\n", AUDIT_PASS, AUDIT_PASS},
		{"HTTP/1.1 200 OK\r\nServer: nginx/1.26.3\r\n" KEPT "\r\n", AUDIT_FAIL, AUDIT_FAIL},
		{"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n" KEPT, AUDIT_FAIL, AUDIT_FAIL}, /* it is in the body */
		{"", AUDIT_UNKNOWN, AUDIT_UNKNOWN},
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		again();
		audit_judge_head(cases[i].reply, &found);
		assert_int_equal(found.state, cases[i].head);
		again();
		audit_judge_hsts(cases[i].reply, &found);
		assert_int_equal(found.state, cases[i].hsts);
	}
	again();
	audit_judge_head("HTTP/1.1 200 OK\r\nServer: \033[2J1\r\n\r\n", &found); /* which no terminal obeys */
	assert_string_equal(found.seen, "Server: \\033[2J1");
}

static void test_certificates_secrets_exposure(void **state)
{
	(void)state;
	again();
	audit_judge_certificate(0, 90 * 86400, NULL, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	audit_judge_certificate(0, 13 * 86400, NULL, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	again();
	audit_judge_certificate(0, 90 * 86400, "self-signed certificate", &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	again();
	audit_judge_secret("/a.key", 0640, true, &found);
	audit_judge_secret("/b.key", 0644, false, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	audit_judge_secret("/c.key", 0644, true, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	again();
	audit_judge_exposure("nginx.service          1.4 OK        :-)", &found);
	assert_int_equal(found.state, AUDIT_PASS);
	audit_judge_exposure("nginx.service          9.4 UNSAFE    :-{", &found);
	assert_int_equal(found.state, AUDIT_FAIL);
}

static const char pop_file[] =
    "site:\n"
    "  name: lyon\n"
    "  title: Lyon\n"
    "  domain: lyon.example.net\n"
    "  city: Lyon\n"
    "  country: FR\n"
    "  languages: [fr]\n"
    "  operated_by: {name: IX, contact: noc@example.net}\n"
    "addresses: {ipv4: 192.0.2.1}\n"
    "services:\n"
    "  ntp: {sources: [192.0.2.11, 192.0.2.12, 192.0.2.13], nts_sources: [time.example.net]}\n"
    "  resolver: {addresses: {ipv4: 192.0.2.53}}\n"
    "  authoritative: {}\n";

static struct pop *load(void)
{
	struct pop_error e;
	struct pop *p;

	if (pop_parse(pop_file, strlen(pop_file), &p, &e) < 0)
		fail_msg("%s", e.what);
	return p;
}

static enum audit_state judge_socket(const struct pop *p, const char *protocol, const char *address, uint16_t port)
{
	struct addr at;

	again();
	assert_int_equal(addr_parse(address, port, &at), 0);
	audit_judge_socket(p, protocol, &at, &found);
	return found.state;
}

static void test_sockets_and_sources(void **state)
{
	struct pop *p = load();
	char from[] = "198.51.100.0/24", *prefixes[] = {from};
	struct pop_network network = {.ssh_from = prefixes, .n_ssh_from = 1};
	(void)state;

	assert_int_equal(judge_socket(p, "udp", "192.0.2.1", 123), AUDIT_PASS);
	assert_int_equal(judge_socket(p, "udp", "192.0.2.1", 853), AUDIT_PASS); /* DNS over QUIC */
	assert_int_equal(judge_socket(p, "tcp", "192.0.2.1", 123), AUDIT_FAIL);
	assert_int_equal(judge_socket(p, "udp", "127.0.0.1", 323), AUDIT_FAIL);
	assert_int_equal(judge_socket(p, "tcp", "0.0.0.0", 22), AUDIT_FAIL); /* nobody may log in */
	p->network = &network;
	assert_int_equal(judge_socket(p, "tcp", "0.0.0.0", 22), AUDIT_PASS);
	assert_int_equal(judge_socket(p, "udp", "0.0.0.0", 22), AUDIT_FAIL);
	p->network = NULL;
	assert_int_equal(judge_socket(p, "tcp", "0.0.0.0", 179), AUDIT_FAIL);
	again();
	audit_judge_sources(p->services->ntp, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	p->services->ntp->n_sources--;
	audit_judge_sources(p->services->ntp, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	p->services->ntp->n_sources++;
	again();
	audit_judge_addresses(p, &found);
	assert_int_equal(found.state, AUDIT_PASS);
	free(p->services->resolver->addresses->ipv4);
	p->services->resolver->addresses->ipv4 = mem_strdup("192.0.2.1"); /* a POP file would not get so far */
	audit_judge_addresses(p, &found);
	assert_int_equal(found.state, AUDIT_FAIL);
	pop_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strangers_and_transfers),
		cmocka_unit_test(test_what_is_wrong_stays),
		cmocka_unit_test(test_sizes_and_signatures),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_certificates_secrets_exposure),
		cmocka_unit_test(test_sockets_and_sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
