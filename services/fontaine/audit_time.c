/* What a stranger gets from the POP's time server. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/audit.h"

#include "probe/exchange.h"
#include "probe/ntp.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LIMIT_MS = 2000,
	SILENCE_MS = 500, /* who has not answered by then does not */
	RATE_QUESTIONS = 60,
	CONTROL_BYTES = 12, /* mode 6: a head alone (RFC 9327, 2) */
	MONLIST_BYTES = 8,  /* mode 7, of ntpd: version 2, implementation 3, request 42 */
};

static bool is_ntp(const struct pop_endpoint *e)
{
	return strcmp(e->service, "ntp") == 0 && strcmp(e->protocol, "udp") == 0;
}

void audit_time_answer(const struct audit *a, struct audit_finding *ret)
{
	uint8_t question[NTP_PACKET_BYTES];
	uint64_t nonce;

	arc4random_buf(&nonce, sizeof(nonce));
	ntp_question(nonce, question);
	for (size_t i = 0; i < a->n; i++) {
		const struct addr *from = is_ntp(&a->all[i]) ? audit_stranger(a, &a->all[i].addr, ret) : NULL;
		struct exchange x = {.to = &a->all[i].addr, .from = from, .limit_ms = LIMIT_MS};
		if (from == NULL)
			continue;
		x.question = question;
		x.question_len = sizeof(question);
		if (audit_exchange_udp(&x) < 0)
			x.answer_len = 0;
		audit_judge_time(x.answer, x.answer_len, sizeof(question), ret);
	}
}

/** Whoever answers these can be asked for much by little (RFC 8633, 5.3): nobody may. */
void audit_time_control(const struct audit *a, struct audit_finding *ret)
{
	static const uint8_t readvar[CONTROL_BYTES] = {0x16, 0x02}, monlist[MONLIST_BYTES] = {0x17, 0, 0x03, 0x2a};
	static const struct {
		const char *name;
		const uint8_t *data;
		size_t len;
	} questions[] = {{"mode 6", readvar, sizeof(readvar)}, {"mode 7 (monlist)", monlist, sizeof(monlist)}};

	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < 2 && is_ntp(&a->all[i]); k++) {
			struct exchange x = {.to = &a->all[i].addr, .limit_ms = SILENCE_MS};
			x.question = questions[k].data;
			x.question_len = questions[k].len;
			if (exchange_udp(&x) == 0)
				audit_set(ret, AUDIT_FAIL, "%s was answered with %zu bytes", questions[k].name,
				          x.answer_len);
		}
	if (ret->state == AUDIT_PASS)
		audit_set(ret, AUDIT_PASS, "modes 6 and 7 are not answered");
}

/** Ask RATE_QUESTIONS at once. Return: answers that came. */
static unsigned flood(const struct addr *to, const struct addr *from)
{
	uint8_t question[NTP_PACKET_BYTES], answer[512];
	unsigned n = 0;

	int fd = socket(addr_family(to), SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	ntp_question(1, question);
	if (bind(fd, &from->sa, addr_len(from)) == 0 && connect(fd, &to->sa, addr_len(to)) == 0)
		for (unsigned i = 0; i < RATE_QUESTIONS; i++)
			(void)send(fd, question, sizeof(question), 0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	while (poll(&p, 1, n == 0 ? LIMIT_MS : SILENCE_MS) == 1 && recv(fd, answer, sizeof(answer), 0) > 0)
		n++;
	(void)close(fd);
	return n;
}

void audit_time_rate(const struct audit *a, struct audit_finding *ret)
{
	for (size_t i = 0; i < a->n && ret->state == AUDIT_PASS; i++) {
		const struct addr *from = is_ntp(&a->all[i]) ? audit_stranger(a, &a->all[i].addr, ret) : NULL;
		if (from != NULL)
			audit_judge_rate(RATE_QUESTIONS, flood(&a->all[i].addr, from), ret);
	}
}

void audit_time_sources(const struct audit *a, struct audit_finding *ret)
{
	audit_judge_sources(a->pop->services->ntp, ret);
}
