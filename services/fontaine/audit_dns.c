/* What a stranger and a member get from the POP's name servers. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/audit.h"

#include "base/buf.h"
#include "base/mem.h"
#include "fontaine/child.h"
#include "probe/exchange.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	LIMIT_MS = 2000,
	SILENCE_MS = 500, /* after it no more of many answers come */
	QUESTION_MAX_BYTES = 12 + 256 + 4 + 11 + 12,
	OWN_UDP_BYTES = 4096, /* what we would take: servers are to give less */
	TYPE_A = 1,
	TYPE_TXT = 16,
	TYPE_DNSKEY = 48,
	TYPE_AXFR = 252,
	TYPE_ANY = 255,
	CLASS_IN = 1,
	CLASS_CH = 3,
	RATE_QUESTIONS = 300, /* what mod-rrl lets one network have is 100 in a second */
	CLIENT_LIMIT_MS = 10000,
};

#define SOMEBODYS_NAME "example.com" /* of a zone that is not the POP's */

/** A question. */
struct question {
	const char *name; /* without a dot at its end */
	unsigned type, class;
	bool recursion, edns; /* EDNS with DO and OWN_UDP_BYTES */
	bool cookie;          /* and a client's cookie in it */
};

static uint8_t *put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

/** Return: bytes written (RFC 1035, 4.1; RFC 6891, 6.1.2; RFC 7873, 4.1). */
static size_t write_question(const struct question *q, uint8_t out[QUESTION_MAX_BYTES])
{
	uint8_t *p = put16(out, arc4random_uniform(1 << 16));

	p = put16(p, q->recursion ? 0x0100 : 0);
	p = put16(p, 1);
	p = put16(p, 0);
	p = put16(p, 0);
	p = put16(p, q->edns);
	for (const char *label = q->name; *label != '\0';) {
		size_t len = strcspn(label, ".");
		*p++ = (uint8_t)len;
		memcpy(p, label, len);
		p += len;
		label += len + (label[len] == '.');
	}
	*p++ = 0;
	p = put16(put16(p, q->type), q->class);
	if (q->edns) {
		*p++ = 0;
		p = put16(put16(p, 41), OWN_UDP_BYTES);
		p = put16(put16(put16(p, 0), 0x8000), q->cookie ? 12 : 0);
	}
	if (q->cookie) {
		p = put16(put16(p, 10), 8);
		arc4random_buf(p, 8);
		p += 8;
	}
	return (size_t)(p - out);
}

/** Whether a message over TCP is there, after its length (RFC 1035, 4.2.2). */
static bool is_whole(const uint8_t *answer, size_t len)
{
	return len >= 2 && len - 2 >= ((size_t)answer[0] << 8 | answer[1]);
}

/** Ask @e over UDP, or else TCP; @from: NULL for nobody special. Return: bytes of the question. */
static size_t ask(const struct pop_endpoint *e, const struct question *q, const struct addr *from, struct exchange *x)
{
	uint8_t message[2 + QUESTION_MAX_BYTES];
	size_t len = write_question(q, message + 2);
	bool is_udp = strcmp(e->protocol, "udp") == 0;

	(void)put16(message, (unsigned)len);
	*x = (struct exchange){.to = &e->addr, .from = from, .limit_ms = LIMIT_MS, .is_whole = is_whole};
	x->question = is_udp ? message + 2 : message;
	x->question_len = is_udp ? len : len + 2;
	if ((is_udp ? audit_exchange_udp(x) : exchange_tcp(x)) < 0)
		x->answer_len = 0;
	if (!is_udp && x->answer_len >= 2) {
		x->answer_len -= 2;
		memmove(x->answer, x->answer + 2, x->answer_len);
	}
	return len;
}

/** Whether @e is a socket of @service for plain questions. */
static bool is_plain(const struct pop_endpoint *e, const char *service, const char *protocol)
{
	return strcmp(e->service, service) == 0 && strcmp(e->protocol, protocol) == 0;
}

/** A stranger asks @service for what is none of the POP's, over UDP. */
static void refuse_strangers(const struct audit *a, const char *service, struct audit_finding *ret)
{
	static const struct question q = {SOMEBODYS_NAME, TYPE_A, CLASS_IN, .recursion = true, .edns = true};
	struct exchange x;

	for (size_t i = 0; i < a->n; i++) {
		bool is_its = is_plain(&a->all[i], service, "udp");
		const struct addr *from = is_its ? audit_stranger(a, &a->all[i].addr, ret) : NULL;
		if (from == NULL)
			continue;
		size_t asked = ask(&a->all[i], &q, from, &x);
		audit_judge_refusal(x.answer, x.answer_len, asked, ret);
	}
}

void audit_resolver_strangers(const struct audit *a, struct audit_finding *ret)
{
	refuse_strangers(a, "resolver", ret);
}

void audit_zones_recursion(const struct audit *a, struct audit_finding *ret)
{
	refuse_strangers(a, "authoritative", ret);
}

/** The largest that there is to tell of the POP's own zone. */
static void limit_size(const struct audit *a, const char *service, struct audit_finding *ret)
{
	static const unsigned types[] = {TYPE_DNSKEY, TYPE_ANY};
	struct exchange x;

	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < 2 && is_plain(&a->all[i], service, "udp"); k++) {
			struct question q = {a->pop->site->domain, types[k], CLASS_IN, .recursion = true, .edns = true};
			(void)ask(&a->all[i], &q, NULL, &x);
			audit_judge_size(x.answer, x.answer_len, ret);
		}
}

void audit_resolver_size(const struct audit *a, struct audit_finding *ret)
{
	limit_size(a, "resolver", ret);
}

void audit_zones_size(const struct audit *a, struct audit_finding *ret)
{
	limit_size(a, "authoritative", ret);
}

/** What nobody needs to know of the server (RFC 4892). */
static void hide_identity(const struct audit *a, const char *service, struct audit_finding *ret)
{
	static const char *const names[] = {"version.bind", "version.server", "hostname.bind", "id.server"};
	struct exchange x;

	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < 4 && is_plain(&a->all[i], service, "udp"); k++) {
			struct question q = {names[k], TYPE_TXT, CLASS_CH, .recursion = false};
			(void)ask(&a->all[i], &q, NULL, &x);
			audit_judge_identity(x.answer, x.answer_len, names[k], ret);
		}
}

void audit_resolver_identity(const struct audit *a, struct audit_finding *ret)
{
	hide_identity(a, "resolver", ret);
}

void audit_zones_identity(const struct audit *a, struct audit_finding *ret)
{
	hide_identity(a, "authoritative", ret);
}

static void give_cookies(const struct audit *a, const char *service, struct audit_finding *ret)
{
	struct question q = {a->pop->site->domain, TYPE_DNSKEY, CLASS_IN, true, .edns = true, .cookie = true};
	struct exchange x;

	for (size_t i = 0; i < a->n; i++)
		if (is_plain(&a->all[i], service, "udp")) {
			(void)ask(&a->all[i], &q, NULL, &x);
			audit_judge_cookie(x.answer, x.answer_len, ret);
		}
}

void audit_resolver_cookies(const struct audit *a, struct audit_finding *ret)
{
	give_cookies(a, "resolver", ret);
}

void audit_zones_cookies(const struct audit *a, struct audit_finding *ret)
{
	give_cookies(a, "authoritative", ret);
}

/** A name whose signature is wrong on purpose is no name: the IPv6 test has one. */
void audit_resolver_bogus(const struct audit *a, struct audit_finding *ret)
{
	char *name = mem_printf("audit%08x.bogus.t.ipv6test.%s", arc4random(), a->pop->site->domain);
	struct question q = {name, TYPE_A, CLASS_IN, .recursion = true, .edns = true};
	struct exchange x;

	if (a->pop->services->ipv6test == NULL)
		audit_set(ret, AUDIT_UNKNOWN, "no name with a wrong signature is known: the IPv6 test is off");
	for (size_t i = 0; i < a->n; i++)
		if (is_plain(&a->all[i], "resolver", "udp")) {
			(void)ask(&a->all[i], &q, NULL, &x);
			audit_judge_bogus(x.answer, x.answer_len, ret);
		}
	free(name);
}

/** It tells servers no more of a name than they need (RFC 9156). That shows from no outside: it is asked itself. */
void audit_resolver_privacy(const struct audit *a, struct audit_finding *ret)
{
	static const char *const argv[] = {"unbound-control", "-c", "/run/fontaine/unbound/unbound.conf", "get_option",
	                                   "qname-minimisation", NULL};
	struct buf said;
	(void)a;

	buf_init(&said, 1 << 12);
	int status = child_run(argv, CLIENT_LIMIT_MS, &said);
	if (status != 0)
		audit_set(ret, AUDIT_UNKNOWN, "unbound-control: %.150s", buf_text(&said));
	else
		audit_set(ret, strncmp(buf_text(&said), "yes", 3) == 0 ? AUDIT_PASS : AUDIT_FAIL,
		          "qname-minimisation: %.3s", buf_text(&said));
	buf_done(&said);
}

void audit_zones_transfer(const struct audit *a, struct audit_finding *ret)
{
	struct question q = {a->pop->site->domain, TYPE_AXFR, CLASS_IN, .recursion = false};
	struct exchange x;

	for (size_t i = 0; i < a->n; i++) {
		bool is_its = is_plain(&a->all[i], "authoritative", "tcp");
		const struct addr *from = is_its ? audit_stranger(a, &a->all[i].addr, ret) : NULL;
		if (from == NULL)
			continue;
		(void)ask(&a->all[i], &q, from, &x);
		audit_judge_transfer(x.answer, x.answer_len, ret);
	}
}

/** Ask RATE_QUESTIONS at once over UDP. Return: answers that came, and *ret_cut of them cut short. */
static unsigned flood(const struct pop_endpoint *e, const struct question *q, const struct addr *from,
                      unsigned *ret_cut)
{
	uint8_t message[QUESTION_MAX_BYTES], answer[OWN_UDP_BYTES];
	size_t len = write_question(q, message);
	unsigned n = 0;

	*ret_cut = 0;
	int fd = socket(addr_family(&e->addr), SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	if (bind(fd, &from->sa, addr_len(from)) == 0 && connect(fd, &e->addr.sa, addr_len(&e->addr)) == 0)
		for (unsigned i = 0; i < RATE_QUESTIONS; i++)
			(void)send(fd, message, len, 0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	while (poll(&p, 1, n == 0 ? LIMIT_MS : SILENCE_MS) == 1 && recv(fd, answer, sizeof(answer), 0) >= 3) {
		n++;
		*ret_cut += (answer[2] & 0x02) != 0;
	}
	(void)close(fd);
	return n;
}

void audit_zones_rate(const struct audit *a, struct audit_finding *ret)
{
	struct question q = {a->pop->site->domain, TYPE_DNSKEY, CLASS_IN, .recursion = false};
	unsigned cut;

	for (size_t i = 0; i < a->n && ret->state == AUDIT_PASS; i++) {
		bool is_its = is_plain(&a->all[i], "authoritative", "udp");
		const struct addr *from = is_its ? audit_stranger(a, &a->all[i].addr, ret) : NULL;
		if (from == NULL)
			continue;
		unsigned answered = flood(&a->all[i], &q, from, &cut);
		audit_judge_slips(RATE_QUESTIONS, answered, cut, ret);
	}
}

void audit_zones_apart(const struct audit *a, struct audit_finding *ret)
{
	audit_judge_addresses(a->pop, ret);
}
