/* Whether a service of the POP does its work. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/probe.h"

#include "base/name.h"
#include "fontaine/dns.h"
#include "fontaine/exchange.h"
#include "fontaine/ntp.h"
#include "fontaine/quic.h"
#include "fontaine/stun.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void find_down(struct finding *f, const char *why)
{
	*f = (struct finding){.is_up = false};
	(void)snprintf(f->detail, sizeof(f->detail), "%s", why);
}

static void find_up(struct finding *f, const char *figure_name, double figure, const char *unit)
{
	*f = (struct finding){
		.is_up = true,
		.figure_name = figure_name,
		.figure = figure,
		.figure_unit = unit,
	};
}

/** A number that nobody guesses, to know our answer by. */
static uint64_t new_nonce(void)
{
	uint64_t nonce;

	arc4random_buf(&nonce, sizeof(nonce));
	return nonce;
}

/** The body of the answer when its status is 200, else NULL. */
static const char *body_of(const struct exchange *x)
{
	const char *text = (const char *)x->answer;

	if (strncmp(text, "HTTP/1.1 200 ", 13) != 0)
		return NULL;
	const char *end = strstr(text, "\r\n\r\n");
	return end == NULL ? NULL : end + 4;
}

/** GET @path. Return: the body, in @x; or NULL after find_down(). */
static const char *get(const struct pop_endpoint *e, const char *path, struct exchange *x, struct finding *ret)
{
	char address[ADDR_PORT_TEXT_MAX], question[256];

	int n = snprintf(question, sizeof(question), "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path,
	                 addr_port_text(&e->addr, address));
	x->to = &e->addr;
	x->question = question;
	x->question_len = (size_t)n;
	bool is_plain = strcmp(e->protocol, "http") == 0 || strcmp(e->protocol, "mtu-http") == 0;
	int rc = is_plain ? exchange_tcp(x) : exchange_tls(x);
	x->question = NULL;
	if (rc < 0) {
		find_down(ret, strerror(-rc));
		return NULL;
	}
	const char *body = body_of(x);
	if (body == NULL)
		find_down(ret, "it does not answer with status 200");
	return body;
}

static void probe_http3(const struct pop_endpoint *e, struct finding *ret)
{
	uint8_t id[QUIC_ID_BYTES], question[QUIC_QUESTION_BYTES];
	struct exchange x = {.to = &e->addr, .question = question, .question_len = sizeof(question)};

	arc4random_buf(id, sizeof(id));
	quic_question(id, question);
	int rc = exchange_udp(&x);
	const char *wrong = rc < 0 ? strerror(-rc) : quic_answer(x.answer, x.answer_len, id);
	if (wrong != NULL)
		find_down(ret, wrong);
	else
		find_up(ret, "answer_time", x.took_ms, "ms");
}

static void probe_pages(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	(void)p;
	if (strcmp(e->protocol, "http3") == 0) {
		probe_http3(e, ret);
		return;
	}
	struct exchange x = {.to = NULL};
	const char *body = get(e, "/", &x, ret);

	if (body == NULL)
		return;
	if (strstr(body, "<html") == NULL)
		find_down(ret, "it answers without a page");
	else
		find_up(ret, "answer_time", x.took_ms, "ms");
}

/** The value of the metric @name, which has no labels, or -1. */
static double metric(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, len) == 0 && line[len] == ' ')
			return strtod(line + len, NULL);
	}
	return -1;
}

static void probe_speedtest(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	(void)p;
	struct exchange x = {.is_from_loopback = true}; /* who else asks for the figures is told nothing */
	const char *body = get(e, "/metrics", &x, ret);

	if (body == NULL)
		return;
	double sent = metric(body, "speedtestd_sent_bytes_total");
	double received = metric(body, "speedtestd_received_bytes_total");
	if (sent < 0 || received < 0)
		find_down(ret, "it answers without its metrics");
	else
		find_up(ret, "served", (sent + received) / 1e9, "GB");
}

/** A binding is the one thing that it does for everyone. */
static void probe_turn(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	(void)p;
	uint8_t id[STUN_ID_BYTES], question[STUN_QUESTION_BYTES];
	struct exchange x = {.to = &e->addr, .question = question, .question_len = sizeof(question)};

	arc4random_buf(id, sizeof(id));
	stun_question(id, question);
	int rc = exchange_udp(&x);
	const char *wrong = rc < 0 ? strerror(-rc) : stun_answer(x.answer, x.answer_len, id);
	if (wrong != NULL)
		find_down(ret, wrong);
	else
		find_up(ret, "answer_time", x.took_ms, "ms");
}

static void probe_ntp(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	(void)p;
	uint8_t question[NTP_PACKET_BYTES];
	uint64_t nonce = new_nonce();
	unsigned stratum = 0;
	struct exchange x = {.to = &e->addr, .question = question, .question_len = sizeof(question)};

	ntp_question(nonce, question);
	int rc = exchange_udp(&x);
	const char *wrong = rc < 0 ? strerror(-rc) : ntp_answer(x.answer, x.answer_len, nonce, &stratum);
	if (wrong != NULL)
		find_down(ret, wrong);
	else
		find_up(ret, "stratum", stratum, "");
}

/** Over TCP, a message comes after its length in two bytes (RFC 1035, 4.2.2). */
static bool is_whole_message(const uint8_t *answer, size_t len)
{
	return len >= 2 && len - 2 >= (size_t)(answer[0] << 8 | answer[1]);
}

enum { LENGTH_BYTES = 2 };

/**
 * Ask with the message that stands in @question after LENGTH_BYTES. Return: NULL and the answer in @x from
 * *ret_from on; else what is wrong.
 */
static const char *ask_dns(const struct pop_endpoint *e, uint8_t *question, size_t len, struct exchange *x,
                           size_t *ret_from)
{
	bool is_tcp = strcmp(e->protocol, "tcp") == 0;
	size_t prefix_len = is_tcp ? LENGTH_BYTES : 0;

	question[0] = (uint8_t)(len >> 8);
	question[1] = (uint8_t)len;
	*x = (struct exchange){
		.to = &e->addr,
		.question = question + LENGTH_BYTES - prefix_len,
		.question_len = len + prefix_len,
		.is_whole = is_whole_message,
	};
	int rc = is_tcp ? exchange_tcp(x) : exchange_udp(x);
	if (rc < 0)
		return strerror(-rc);
	*ret_from = prefix_len;
	return x->answer_len < prefix_len ? "it closes the connection" : NULL;
}

/** Ask for the SOA of @zone. Return: whether it came; else find_down() has been called. */
static bool ask_soa(const struct pop_endpoint *e, const char *zone, uint32_t *ret_serial, struct finding *f,
                    double *ret_took_ms)
{
	uint8_t question[LENGTH_BYTES + DNS_QUESTION_MAX_BYTES];
	uint16_t id = (uint16_t)new_nonce();
	size_t len = dns_question(id, zone, question + LENGTH_BYTES), from = 0;
	struct exchange x;

	const char *wrong = ask_dns(e, question, len, &x, &from);
	if (wrong == NULL)
		wrong = dns_answer(x.answer + from, x.answer_len - from, id, ret_serial);
	if (wrong != NULL)
		find_down(f, wrong);
	*ret_took_ms = x.took_ms;
	return wrong == NULL;
}

/** With a zone of its own next door, the POP's resolver is up without the Internet. */
static void probe_resolver(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	const char *zone = p->services->authoritative != NULL ? p->site->domain : "";
	uint32_t serial = 0;
	double took_ms;

	if (ask_soa(e, zone, &serial, ret, &took_ms))
		find_up(ret, "answer_time", took_ms, "ms");
}

static void probe_authoritative(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	uint32_t serial = 0;
	double took_ms;

	if (ask_soa(e, p->site->domain, &serial, ret, &took_ms))
		find_up(ret, "serial", serial, "");
}

static bool is_dns(const struct pop_endpoint *e)
{
	return strcmp(e->protocol, "udp") == 0 || strcmp(e->protocol, "tcp") == 0;
}

/** The echo of an address, or one of the zones of its tests. */
static void probe_ipv6test(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	char zone[NAME_HOST_MAX];
	struct exchange x = {.to = NULL};
	uint32_t serial = 0;
	double took_ms = 0;
	bool is_up;

	(void)snprintf(zone, sizeof(zone), "ds.t.ipv6test.%s", p->site->domain);
	if (is_dns(e)) {
		is_up = ask_soa(e, zone, &serial, ret, &took_ms);
	} else {
		is_up = get(e, "/ip/", &x, ret) != NULL;
		took_ms = x.took_ms;
	}
	if (is_up)
		find_up(ret, "answer_time", took_ms, "ms");
}

/** To a NOTIFY (RFC 1996) of what is no child's, a refusal comes back. */
static void probe_notify(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	enum { OPCODE_AT = 2,
	       OPCODE_NOTIFY = 4 << 3,
	       ANSWER = 0x80,
	       HEAD_BYTES = 12 };
	uint8_t question[LENGTH_BYTES + DNS_QUESTION_MAX_BYTES];
	size_t len = dns_question((uint16_t)new_nonce(), p->site->domain, question + LENGTH_BYTES), from = 0;
	struct exchange x;

	question[LENGTH_BYTES + OPCODE_AT] = OPCODE_NOTIFY;
	const char *wrong = ask_dns(e, question, len, &x, &from);
	const uint8_t *answer = x.answer + from, *asked = question + LENGTH_BYTES;
	if (wrong == NULL && (x.answer_len - from < HEAD_BYTES || memcmp(answer, asked, 2) != 0 ||
	                      answer[OPCODE_AT] != (ANSWER | OPCODE_NOTIFY)))
		wrong = "it does not answer to a NOTIFY";
	if (wrong != NULL)
		find_down(ret, wrong);
	else
		find_up(ret, "answer_time", x.took_ms, "ms");
}

/** What the API is, which everyone may read. */
static void probe_rdns(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	if (is_dns(e)) {
		probe_notify(p, e, ret);
		return;
	}
	struct exchange x = {.to = NULL};
	const char *body = get(e, "/rdns/openapi.yaml", &x, ret);

	if (body == NULL)
		return;
	if (strstr(body, "openapi:") == NULL)
		find_down(ret, "it answers without the description of its API");
	else
		find_up(ret, "answer_time", x.took_ms, "ms");
}

/** The list of mirrors, by rsync. */
static void probe_rsync(const struct pop_endpoint *e, struct finding *ret)
{
	static const char question[] = "@RSYNCD: 31.0\n#list\n";
	struct exchange x = {.to = &e->addr, .question = question, .question_len = sizeof(question) - 1};
	int rc = exchange_tcp(&x);

	if (rc < 0)
		find_down(ret, strerror(-rc));
	else if (strncmp((const char *)x.answer, "@RSYNCD: ", 9) != 0 ||
	         strstr((const char *)x.answer, "\n@RSYNCD: EXIT") == NULL)
		find_down(ret, "it does not list the mirrors");
	else
		find_up(ret, "answer_time", x.took_ms, "ms");
}

/** The list of mirrors, as a page. */
static void probe_mirror(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	(void)p;
	if (strcmp(e->protocol, "rsync") == 0) {
		probe_rsync(e, ret);
		return;
	}
	struct exchange x = {.to = NULL};
	const char *body = get(e, "/mirror/", &x, ret);

	if (body == NULL)
		return;
	if (strstr(body, "data-project=") == NULL)
		find_down(ret, "it answers without a list of mirrors");
	else
		find_up(ret, "answer_time", x.took_ms, "ms");
}

void probe(const struct pop *p, const struct pop_endpoint *e, struct finding *ret)
{
	static const struct {
		const char *service;
		void (*probe)(const struct pop *p, const struct pop_endpoint *e, struct finding *ret);
	} probes[POP_SERVICES] = {
		{"pages", probe_pages},
		{"speedtest", probe_speedtest},
		{"ipv6test", probe_ipv6test},
		{"turn", probe_turn},
		{"ntp", probe_ntp},
		{"resolver", probe_resolver},
		{"authoritative", probe_authoritative},
		{"rdns", probe_rdns},
		{"mirror", probe_mirror},
	};
	size_t i = 0;

	while (strcmp(probes[i].service, e->service) != 0)
		i++; /* every service has its own */
	probes[i].probe(p, e, ret);
}
