/* Whether a service of the POP does its work. */
/* SPDX-License-Identifier: MIT */
#include "probe/probe.h"

#include "base/name.h"
#include "probe/dns.h"
#include "probe/doh.h"
#include "probe/exchange.h"
#include "probe/ntp.h"
#include "probe/quic.h"
#include "probe/stun.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** One question on its way. */
struct asked {
	const struct prober *p;
	const struct pop_endpoint *e;
	struct exchange x;
	struct finding *ret;
};

static void find_down(struct asked *a, const char *why)
{
	*a->ret = (struct finding){.is_up = false};
	(void)snprintf(a->ret->detail, sizeof(a->ret->detail), "%s", why);
}

static void find_up(struct asked *a, const char *figure_name, double figure, const char *unit)
{
	*a->ret = (struct finding){
		.is_up = true,
		.figure_name = figure_name,
		.figure = figure,
		.figure_unit = unit,
	};
}

/** Down when something is @wrong, else up, with the time that the answer took. */
static void find(struct asked *a, const char *wrong)
{
	if (wrong != NULL)
		find_down(a, wrong);
	else
		find_up(a, "answer_time", a->x.took_ms, "ms");
}

/** A number that nobody guesses, to know our answer by. */
static uint64_t new_nonce(void)
{
	uint64_t nonce;

	arc4random_buf(&nonce, sizeof(nonce));
	return nonce;
}

static const char *ask_udp(struct asked *a, const void *question, size_t len)
{
	a->x.question = question;
	a->x.question_len = len;
	int rc = exchange_udp(&a->x);
	a->x.question = NULL;
	return rc < 0 ? strerror(-rc) : NULL;
}

static bool is(const struct asked *a, const char *protocol)
{
	return strcmp(a->e->protocol, protocol) == 0;
}

/** GET @path. Return: NULL and *ret_body, in the exchange, of an answer with status 200; else what is wrong. */
static const char *get(struct asked *a, const char *path, const char **ret_body)
{
	char address[ADDR_PORT_TEXT_MAX], question[256];

	int n = snprintf(question, sizeof(question), "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path,
	                 addr_port_text(&a->e->addr, address));
	a->x.question = question;
	a->x.question_len = (size_t)n;
	int rc = is(a, "http") || is(a, "mtu-http") ? exchange_tcp(&a->x) : exchange_tls(&a->x);
	a->x.question = NULL;
	if (rc < 0)
		return strerror(-rc);
	const char *text = (const char *)a->x.answer, *end = strstr(text, "\r\n\r\n");
	if (strncmp(text, "HTTP/1.1 200 ", 13) != 0 || end == NULL)
		return "it does not answer with status 200";
	*ret_body = end + 4;
	return NULL;
}

/** Up when what is at @path has @content. */
static void find_content(struct asked *a, const char *path, const char *content, const char *without)
{
	const char *body = "", *wrong = get(a, path, &body);

	find(a, wrong == NULL && strstr(body, content) == NULL ? without : wrong);
}

static void probe_http3(struct asked *a)
{
	uint8_t id[QUIC_ID_BYTES], question[QUIC_QUESTION_BYTES];

	arc4random_buf(id, sizeof(id));
	quic_question(id, question);
	const char *wrong = ask_udp(a, question, sizeof(question));
	find(a, wrong != NULL ? wrong : quic_answer(a->x.answer, a->x.answer_len, id));
}

static void probe_pages(struct asked *a)
{
	if (is(a, "http3"))
		probe_http3(a);
	else
		find_content(a, "/", "data-service=\"pages\"", "it answers without its page");
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

/** What it has served, and over TLS its page. */
static void probe_speedtest(struct asked *a)
{
	if (!is(a, "http")) {
		find_content(a, "/", "data-service=\"speedtest\"", "it answers without its page");
		return;
	}
	a->x.is_from_loopback = true; /* who else asks for the figures is told nothing */
	const char *body = "", *wrong = get(a, "/metrics", &body);
	if (wrong != NULL) {
		find_down(a, wrong);
		return;
	}
	double sent = metric(body, "speedtestd_sent_bytes_total");
	double received = metric(body, "speedtestd_received_bytes_total");
	if (sent < 0 || received < 0)
		find_down(a, "it answers without its metrics");
	else
		find_up(a, "served", (sent + received) / 1e9, "GB");
}

/** A binding is the one thing that it does for everyone. */
static void probe_turn(struct asked *a)
{
	uint8_t id[STUN_ID_BYTES], question[STUN_QUESTION_BYTES];

	arc4random_buf(id, sizeof(id));
	stun_question(id, question);
	const char *wrong = ask_udp(a, question, sizeof(question));
	find(a, wrong != NULL ? wrong : stun_answer(a->x.answer, a->x.answer_len, id));
}

static double clock_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/** Keys for NTS, of which each client gets some now and then. */
static void probe_nts(struct asked *a)
{
	uint8_t question[NTS_QUESTION_BYTES];

	nts_question(question);
	a->x.question = question;
	a->x.question_len = sizeof(question);
	a->x.alpn = "ntske/1";
	a->x.is_whole = nts_is_whole;
	int rc = exchange_tls(&a->x);
	a->x.question = NULL;
	find(a, rc < 0 ? strerror(-rc) : nts_answer(a->x.answer, a->x.answer_len));
}

/** The time that it serves, against this machine's clock. */
static void probe_ntp(struct asked *a)
{
	a->x.is_from_loopback = true; /* it limits what one address may ask */
	if (is(a, "nts")) {
		probe_nts(a);
		return;
	}
	uint8_t question[NTP_PACKET_BYTES];
	uint64_t nonce = new_nonce();
	struct ntp_reading reading = {.asked_s = clock_s()};
	char room[NTP_WRONG_MAX];

	ntp_question(nonce, question);
	const char *wrong = ask_udp(a, question, sizeof(question));
	reading.now_s = clock_s();
	if (wrong == NULL)
		wrong = ntp_answer(a->x.answer, a->x.answer_len, nonce, &reading);
	if (wrong == NULL)
		wrong = ntp_judge(&reading, room);
	if (wrong != NULL)
		find_down(a, wrong);
	else
		find_up(a, "stratum", reading.stratum, "");
}

enum { LENGTH_BYTES = 2 };

/** Over TCP, a message comes after its length in two bytes (RFC 1035, 4.2.2). */
static bool is_whole_message(const uint8_t *answer, size_t len)
{
	return len >= LENGTH_BYTES && len - LENGTH_BYTES >= (size_t)(answer[0] << 8 | answer[1]);
}

/** By one request of HTTP/2, with @message. Return: as ask_dns(). */
static const char *ask_doh(struct asked *a, const uint8_t *message, size_t len, const uint8_t **ret_answer,
                           size_t *ret_len)
{
	uint8_t request[DOH_REQUEST_MAX_BYTES];

	a->x.question = request;
	a->x.question_len = doh_request(message, len, request);
	a->x.alpn = "h2";
	a->x.is_whole = doh_is_whole;
	int rc = exchange_tls(&a->x);
	a->x.question = NULL;
	return rc < 0 ? strerror(-rc) : doh_message(a->x.answer, a->x.answer_len, ret_answer, ret_len);
}

/**
 * Ask with the message of @len bytes that stands in @question after LENGTH_BYTES. Return: NULL and *ret_answer, in
 * the exchange; else what is wrong.
 */
static const char *ask_dns(struct asked *a, uint8_t *question, size_t len, const uint8_t **ret_answer, size_t *ret_len)
{
	static const struct {
		const char *protocol, *alpn;
		int (*exchange)(struct exchange *x);
		size_t prefix_len;
	} ways[] = {
		{"udp", NULL, exchange_udp, 0},
		{"tcp", NULL, exchange_tcp, LENGTH_BYTES},
		{"dot", "dot", exchange_tls, LENGTH_BYTES},
		{"doq", "doq", exchange_quic, LENGTH_BYTES},
	};
	size_t way = 0;

	if (is(a, "doh"))
		return ask_doh(a, question + LENGTH_BYTES, len, ret_answer, ret_len);
	while (!is(a, ways[way].protocol))
		way++; /* DNS is spoken in no other one */
	size_t prefix_len = ways[way].prefix_len;
	question[0] = (uint8_t)(len >> 8);
	question[1] = (uint8_t)len;
	a->x.question = question + LENGTH_BYTES - prefix_len;
	a->x.question_len = len + prefix_len;
	a->x.alpn = ways[way].alpn;
	a->x.is_whole = is_whole_message;
	int rc = ways[way].exchange(&a->x);
	a->x.question = NULL;
	if (rc < 0)
		return strerror(-rc);
	if (a->x.answer_len < prefix_len)
		return "it closes the connection";
	*ret_answer = a->x.answer + prefix_len;
	*ret_len = a->x.answer_len - prefix_len;
	return NULL;
}

/** Ask for the SOA of @zone, and with @signatures for those. Return: as dns_answer(). */
static const char *ask_soa(struct asked *a, const char *zone, bool signatures, struct dns_found *ret)
{
	uint8_t question[LENGTH_BYTES + DNS_QUESTION_MAX_BYTES];
	uint16_t id = is(a, "doq") ? 0 : (uint16_t)new_nonce(); /* QUIC wants none (RFC 9250, 4.2.1) */
	size_t len = dns_question(id, zone, signatures, question + LENGTH_BYTES), answer_len = 0;
	const uint8_t *answer = NULL;

	const char *wrong = ask_dns(a, question, len, &answer, &answer_len);
	return wrong != NULL ? wrong : dns_answer(answer, answer_len, id, ret);
}

/**
 * Over UDP a name that exists, over TCP one whose signature is wrong, if the POP has such. With zones of its own
 * next door, the POP's resolver is up without the Internet; what is delegated it validates.
 */
static void probe_resolver(struct asked *a)
{
	const struct pop *p = a->p->pop;
	bool has_zone = p->services->authoritative != NULL && p->services->authoritative->server == POP_DNS_KNOT;
	enum dns_trust trust = has_zone && name_is_set_aside(p->site->domain) ? DNS_INSECURE : DNS_SECURE;
	const char *zone = has_zone ? p->site->domain : "";
	char bogus[NAME_HOST_MAX];
	struct dns_found found = {0};

	if (is(a, "tcp") && has_zone && trust == DNS_SECURE && p->services->ipv6test != NULL) {
		(void)snprintf(bogus, sizeof(bogus), "bogus.t.ipv6test.%s", zone);
		zone = bogus;
		trust = DNS_BOGUS;
	}
	const char *wrong = ask_soa(a, zone, true, &found);
	find(a, dns_judge_resolver(trust, wrong, &found));
}

/** A zone that the authoritative server has. */
static const char *zone_of(const struct pop *p)
{
	const struct pop_authoritative *a = p->services->authoritative;

	if (a->server == POP_DNS_KNOT)
		return p->site->domain;
	if (a->n_primaries == 0) /* then there is as112 */
		return "empty.as112.arpa";
	return a->primaries[0].n_zones > 0 ? a->primaries[0].zones[0] : a->primaries[0].catalog;
}

/** A zone, validly signed; those of others may be unsigned. */
static void probe_authoritative(struct asked *a)
{
	struct dns_found found = {0};
	const char *wrong = ask_soa(a, zone_of(a->p->pop), true, &found);
	bool is_own = a->p->pop->services->authoritative->server == POP_DNS_KNOT;

	if (wrong == NULL && (is_own || found.is_signed))
		wrong = dns_judge_signature(&found, (uint32_t)time(NULL));
	if (wrong != NULL)
		find_down(a, wrong);
	else
		find_up(a, "serial", found.serial, "");
}

/** Over UDP one of the zones that are delegated to AS112, over TCP the one that others lead to by DNAME. */
static void probe_as112(struct asked *a)
{
	struct dns_found found = {0};
	const char *wrong = ask_soa(a, is(a, "udp") ? "10.in-addr.arpa" : "empty.as112.arpa", false, &found);

	find(a, wrong);
}

static bool is_dns(const struct asked *a)
{
	return is(a, "udp") || is(a, "tcp");
}

/** One of the zones of its tests, its page, or the echo of an address. */
static void probe_ipv6test(struct asked *a)
{
	char zone[NAME_HOST_MAX];
	struct dns_found found;

	(void)snprintf(zone, sizeof(zone), "ds.t.ipv6test.%s", a->p->pop->site->domain);
	if (is_dns(a))
		find(a, ask_soa(a, zone, false, &found));
	else if (is(a, "https"))
		find_content(a, "/", "data-service=\"ipv6test\"", "it answers without its page");
	else
		find_content(a, "/ip/", "\"ip\":", "it does not say which address it sees");
}

/** To a NOTIFY (RFC 1996) of what is no child's, a refusal comes back. */
static void probe_notify(struct asked *a)
{
	enum { OPCODE_AT = 2,
	       OPCODE_NOTIFY = 4 << 3,
	       ANSWER = 0x80,
	       HEAD_BYTES = 12 };
	uint8_t question[LENGTH_BYTES + DNS_QUESTION_MAX_BYTES], *asked = question + LENGTH_BYTES;
	size_t len = dns_question((uint16_t)new_nonce(), a->p->pop->site->domain, false, asked), answer_len = 0;
	const uint8_t *answer = NULL;

	asked[OPCODE_AT] = OPCODE_NOTIFY;
	const char *wrong = ask_dns(a, question, len, &answer, &answer_len);
	if (wrong == NULL && (answer_len < HEAD_BYTES || memcmp(answer, asked, 2) != 0 ||
	                      answer[OPCODE_AT] != (ANSWER | OPCODE_NOTIFY)))
		wrong = "it does not answer to a NOTIFY";
	find(a, wrong);
}

/** What the API is, which everyone may read. */
static void probe_rdns(struct asked *a)
{
	if (is_dns(a))
		probe_notify(a);
	else
		find_content(a, "/rdns/openapi.yaml", "openapi:", "it answers without the description of its API");
}

/** The list of mirrors, by rsync. */
static void probe_rsync(struct asked *a)
{
	static const char question[] = "@RSYNCD: 31.0\n#list\n";

	a->x.question = question;
	a->x.question_len = sizeof(question) - 1;
	int rc = exchange_tcp(&a->x);
	const char *answer = (const char *)a->x.answer, *wrong = rc < 0 ? strerror(-rc) : NULL;
	if (wrong == NULL &&
	    (strncmp(answer, "@RSYNCD: ", 9) != 0 || strstr(answer, "\n@RSYNCD: EXIT") == NULL))
		wrong = "it does not list the mirrors";
	find(a, wrong);
}

/** The list of mirrors: of rsyncd, as a page, and as mirrord knows it. */
static void probe_mirror(struct asked *a)
{
	if (is(a, "rsync"))
		probe_rsync(a);
	else
		find_content(a, "/mirror/", "data-project=", "it answers without a list of mirrors");
	if (a->ret->is_up && !is(a, "rsync"))
		find_content(a, "/api/v1/mirrors", "\"freshness\":", "it answers without the state of the mirrors");
}

void probe(const struct prober *p, const struct pop_endpoint *e, struct ssl_session_st **session, struct finding *ret)
{
	static const struct {
		const char *service;
		void (*probe)(struct asked *a);
	} probes[POP_SERVICES] = {
		{"pages", probe_pages},
		{"speedtest", probe_speedtest},
		{"ipv6test", probe_ipv6test},
		{"turn", probe_turn},
		{"ntp", probe_ntp},
		{"resolver", probe_resolver},
		{"authoritative", probe_authoritative},
		{"as112", probe_as112},
		{"rdns", probe_rdns},
		{"mirror", probe_mirror},
	};
	struct asked a = {.p = p, .e = e, .ret = ret};
	size_t i = 0;

	a.x.to = &e->addr;
	a.x.limit_ms = p->limit_ms;
	a.x.tls = p->tls;
	a.x.session = session;
	while (strcmp(probes[i].service, e->service) != 0)
		i++; /* every service has its own */
	probes[i].probe(&a);
}

int prober_init(struct prober *p, const struct pop *pop, unsigned limit_ms)
{
	*p = (struct prober){.pop = pop, .limit_ms = limit_ms, .tls = SSL_CTX_new(TLS_client_method())};
	if (p->tls == NULL)
		return -ENOMEM;
	(void)SSL_CTX_set1_groups_list(p->tls, EXCHANGE_GROUPS);
	(void)SSL_CTX_set_ciphersuites(p->tls, EXCHANGE_CIPHER);
	return 0;
}

void prober_done(struct prober *p)
{
	SSL_CTX_free(p->tls);
}

/** Whether @service is asked at @e: at its own sockets; what is one of the pages, where these answer as well. */
static bool is_asked_at(const char *service, const struct pop_endpoint *e)
{
	if (strcmp(e->service, service) == 0)
		return true;
	return strcmp(e->service, "pages") == 0 &&
	       ((strcmp(service, "rdns") == 0 && strcmp(e->protocol, "https") == 0) ||
	        (strcmp(service, "mirror") == 0 && strcmp(e->protocol, "http") == 0));
}

size_t probe_list(const struct pop *p, struct pop_endpoint ret[PROBE_SOCKETS_MAX])
{
	struct pop_service services[POP_SERVICES];
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all), n_all = 0;

	pop_list_services(p, services);
	for (size_t i = 0; i < POP_SERVICES; i++)
		for (size_t j = 0; services[i].is_on && j < n; j++)
			if (is_asked_at(services[i].name, &all[j])) {
				ret[n_all] = all[j];
				ret[n_all++].service = services[i].name;
			}
	return n_all;
}
