/*
 * One query: read it (dns_query.c), find its zone, note what it tells of the resolver if it names
 * a nonce of ours (seen.c), charge the network that it came from (dns_limit.c), answer
 * (dns_answer.c). Everything comes on the thread of the worker whose socket it came by.
 */
/* SPDX-License-Identifier: MIT */
#include "ipv6test/dns.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "ipv6test/dns_answer.h"
#include "ipv6test/dns_limit.h"
#include "ipv6test/ipv6test.h"
#include "ipv6test/keys.h"
#include "ipv6test/seen.h"
#include "net/reply.h"
#include "net/workers.h"
#include "sys/sockets.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	IDLE_MS = 10000, /* RFC 7766, 6.2.3, says a few seconds */
	TCP_TIMES = 4,   /* so many times the limit of UDP: nobody comes in another's name */
	SEEN_MAX_BYTES = 128 * 1024,
};

enum outcome {
	CODE_NOERROR, /* answers by code, numbered as they are as far as REFUSED */
	CODE_FORMERR,
	CODE_SERVFAIL,
	CODE_NXDOMAIN,
	CODE_NOTIMP,
	CODE_REFUSED,
	CODE_BADVERS,
	IGNORED,
	SLIPPED,
	DROPPED,
	REFUSED_TCP,
	TRUNCATED,
	SIGNED,
	NOTED,
	OUTCOMES,
};

struct dns_worker {
	struct dns *dns;
	struct dns_config config;
	struct dns_server *server;
	struct signer *signer;
	struct dns_query query; /* the one that is being answered */
	struct dns_counters counters;
	_Atomic uint64_t outcomes[OUTCOMES];
};

struct dns {
	const struct nonce_key *nonce_key;
	struct zones *zones;
	struct keys keys;
	struct seen *seen;
	struct dns_limit *udp, *tcp;
	struct {
		struct sockets sockets;
		bool udp;
	} listeners[POP_ENDPOINTS_MAX];
	size_t n_listeners;
	unsigned n_workers;
	struct dns_worker workers[WORKERS_MAX];
};

/* The settings borrow from @pop but for the domain. */
static void settings_init(struct zone_settings *s, const struct pop *pop, const char *tests[POP_IPV6_ZONES_MAX])
{
	const struct pop_ipv6test *section = pop->services->ipv6test;
	const struct pop_addresses *a = section->addresses != NULL ? section->addresses : pop->addresses;

	*s = (struct zone_settings){
		.domain = mem_printf("ipv6test.%s", pop->site->domain),
		.contact = pop->site->operated_by->contact,
		.ipv4 = a->ipv4,
		.ipv6 = a->ipv6,
		.mtu_ipv6 = section->mtu_ipv6,
		.blackhole_ipv6 = section->blackhole_ipv6,
		.tests = tests,
		.n_tests = pop_ipv6_zones(pop, tests),
	};
}

static void settings_done(struct zone_settings *s)
{
	free((char *)(uintptr_t)s->domain);
}

static const char *folder(const char *state_dir)
{
	return state_dir != NULL ? state_dir : ".";
}

int dns_prepare(const struct pop *pop, const char *state_dir, const char *path)
{
	const char *tests[POP_IPV6_ZONES_MAX];
	struct zone_settings settings;
	struct zones *zones = NULL;
	struct keys keys = {.by_algorithm = {NULL}};

	settings_init(&settings, pop, tests);
	int rc = zones_new(&settings, &zones);
	if (rc == 0)
		rc = keys_open(&keys, folder(state_dir), zones, true);
	if (rc == 0)
		rc = keys_write_delegations(&keys, settings.domain, zones, path);
	keys_close(&keys);
	free(zones);
	settings_done(&settings);
	return rc;
}

int dns_new(const struct pop *pop, const struct nonce_key *key, const char *state_dir, struct dns **ret)
{
	const struct pop_ipv6test *section = pop->services->ipv6test;
	const char *tests[POP_IPV6_ZONES_MAX];
	struct zone_settings settings;
	struct dns *d = mem_new(sizeof(*d));

	d->nonce_key = key;
	d->seen = seen_new(section->nonces);
	d->udp = dns_limit_new(section->answers_per_second);
	d->tcp = dns_limit_new(section->answers_per_second * TCP_TIMES);
	settings_init(&settings, pop, tests);
	int rc = zones_new(&settings, &d->zones);
	if (rc == 0)
		rc = keys_open(&d->keys, folder(state_dir), d->zones, false);
	settings_done(&settings);
	if (rc == 0)
		*ret = d;
	else
		dns_free(d);
	return rc;
}

void dns_free(struct dns *d)
{
	for (size_t i = 0; i < d->n_listeners; i++)
		sockets_close(&d->listeners[i].sockets);
	keys_close(&d->keys);
	free(d->zones);
	seen_free(d->seen);
	dns_limit_free(d->udp);
	dns_limit_free(d->tcp);
	free(d);
}

int dns_open(struct dns *d, const struct pop *pop, unsigned n_workers)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(pop, all);

	d->n_workers = n_workers;
	for (size_t i = 0; i < n; i++) {
		bool udp = strcmp(all[i].protocol, "udp") == 0, tcp = strcmp(all[i].protocol, "tcp") == 0;
		if (strcmp(all[i].service, "ipv6test") != 0 || (!udp && !tcp))
			continue;
		int rc = sockets_open(&all[i].addr, udp ? SOCK_DGRAM : SOCK_STREAM, n_workers,
		                      &d->listeners[d->n_listeners].sockets);
		if (rc < 0)
			return rc;
		d->listeners[d->n_listeners++].udp = udp;
	}
	return 0;
}

static void count(struct dns_worker *w, unsigned outcome)
{
	http_count(&w->outcomes[outcome], 1);
}

static void note(struct dns_worker *w, const struct zone *z, const struct dns_request *request)
{
	const struct dns_query *q = &w->query;
	const char *nonce = zone_nonce(z, &q->name);

	if (nonce == NULL || !nonce_check(w->dns->nonce_key, nonce, NONCE_LEN, ipv6test_now_s()))
		return;
	struct seen_query seen = {
		.test = z->test->label,
		.type = q->type,
		.resolver = *request->client,
		.tcp = !request->udp,
		.edns = q->edns,
		.dnssec_ok = q->dnssec_ok,
		.mixed_case = q->mixed_case,
		.minimised = z->test->minimisation && zone_depth(z, &q->name) == 1,
		.buffer_bytes = q->edns ? q->buffer_bytes : 0,
	};
	if (q->subnet.family != 0)
		seen.subnet = q->subnet;
	seen_add(w->dns->seen, nonce, &seen, request->now_ms);
	count(w, NOTED);
}

static int64_t now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return now.tv_sec;
}

/* Answer from @z or, without, with @code; NOERROR is a question that is not for us. */
static void answer(struct dns_worker *w, const struct zone *z, enum dns_rcode code, bool udp, struct dns_reply *reply)
{
	if (z != NULL) {
		struct dns_answerer from = {.zones = w->dns->zones, .signer = w->signer, .now_s = now_s(), .udp = udp};
		code = dns_answer(&from, z, reply);
	} else {
		code = code == DNS_NOERROR ? DNS_REFUSED : code;
		dns_reply_end(reply, code, false);
	}
	count(w, code == DNS_BADVERS ? CODE_BADVERS : (unsigned)code);
	if (reply->truncated)
		count(w, TRUNCATED);
	if (z != NULL && w->query.dnssec_ok && signer_key(w->signer, z) != NULL)
		count(w, SIGNED);
}

/* Whoever sends too much: over UDP little or nothing, over TCP a refusal. Return: whether that is all. */
static bool is_over(struct dns_worker *w, const struct dns_request *request, struct dns_reply *reply)
{
	struct dns_limit *limit = request->udp ? w->dns->udp : w->dns->tcp;
	enum dns_verdict verdict = dns_limit_take(limit, request->client, request->now_ms);

	if (verdict == DNS_PASS)
		return false;
	if (!request->udp) {
		dns_reply_end(reply, DNS_REFUSED, false);
		count(w, REFUSED_TCP);
	} else if (verdict == DNS_SLIP) {
		dns_reply_truncate(reply);
		dns_reply_end(reply, DNS_NOERROR, false);
		count(w, SLIPPED);
	} else {
		reply->len = 0;
		count(w, DROPPED);
	}
	return true;
}

static void on_query(void *data, const struct dns_request *request, struct dns_response *response)
{
	struct dns_worker *w = data;
	struct dns_query *q = &w->query;
	struct dns_reply reply;

	int code = dns_query_parse(request->bytes, request->len, q);
	if (code < 0) {
		count(w, IGNORED);
		return;
	}
	const struct zone *z = code == DNS_NOERROR ? dns_answer_zone(w->dns->zones, q) : NULL;
	if (z != NULL)
		note(w, z, request);
	dns_reply_begin(&reply, q, request->bytes, response->bytes, request->udp);
	if (!is_over(w, request, &reply)) {
		answer(w, z, (enum dns_rcode)code, request->udp, &reply);
		response->late = z != NULL && dns_answer_is_late(z, q);
	}
	response->len = reply.len;
}

static int listen_on(struct dns *d, unsigned worker, const struct sockets *s, bool udp)
{
	size_t n = s->n > d->n_workers ? s->n : d->n_workers;

	for (size_t i = worker; i < n; i += d->n_workers) {
		int rc = dns_server_listen(d->workers[worker].server, s->fds[i % s->n], udp);
		if (rc < 0) {
			log_error("dns: listen: %s", strerror(-rc));
			return rc;
		}
	}
	return 0;
}

int dns_start(struct dns *d, unsigned worker, uv_loop_t *loop)
{
	struct dns_worker *w = &d->workers[worker];
	int rc = 0;

	w->dns = d;
	w->config = (struct dns_config){.on_query = on_query,
	                                .data = w,
	                                .max_conns = DNS_MAX_CONNS,
	                                .idle_ms = IDLE_MS,
	                                .late_ms = ZONE_LATE_MS};
	w->signer = signer_new(d->zones, d->keys.by_algorithm);
	w->server = dns_server_new(loop, &w->config, &w->counters);
	for (size_t i = 0; rc == 0 && i < d->n_listeners; i++)
		rc = listen_on(d, worker, &d->listeners[i].sockets, d->listeners[i].udp);
	return rc;
}

static void on_server_closed(void *data)
{
	struct dns_worker *w = data;

	signer_free(w->signer);
}

void dns_stop(struct dns *d, unsigned worker)
{
	dns_server_close(d->workers[worker].server, on_server_closed, &d->workers[worker]);
}

static uint64_t sum(const struct dns *d, size_t offset)
{
	uint64_t total = 0;

	for (unsigned i = 0; i < d->n_workers; i++) {
		const void *at = (const char *)&d->workers[i] + offset;
		total += atomic_load_explicit((const _Atomic uint64_t *)at, memory_order_relaxed);
	}
	return total;
}

void dns_metrics(const struct dns *d, struct buf *b)
{
#define COUNTER(field)   offsetof(struct dns_worker, counters.field)
#define OUTCOME(outcome) (offsetof(struct dns_worker, outcomes) + (outcome) * sizeof(uint64_t))
	static const struct {
		const char *name, *label, *help; /* no help: of the family before */
		size_t offset;
	} samples[] = {
		{"queries_total", "transport=\"udp\"", "DNS queries received.", COUNTER(udp_queries)},
		{"queries_total", "transport=\"tcp\"", NULL, COUNTER(tcp_queries)},
		{"answers_total", "code=\"NOERROR\"", "Answers by code.", OUTCOME(CODE_NOERROR)},
		{"answers_total", "code=\"FORMERR\"", NULL, OUTCOME(CODE_FORMERR)},
		{"answers_total", "code=\"SERVFAIL\"", NULL, OUTCOME(CODE_SERVFAIL)},
		{"answers_total", "code=\"NXDOMAIN\"", NULL, OUTCOME(CODE_NXDOMAIN)},
		{"answers_total", "code=\"NOTIMP\"", NULL, OUTCOME(CODE_NOTIMP)},
		{"answers_total", "code=\"REFUSED\"", NULL, OUTCOME(CODE_REFUSED)},
		{"answers_total", "code=\"BADVERS\"", NULL, OUTCOME(CODE_BADVERS)},
		{"limited_total", "outcome=\"truncated\"", "Queries of networks over their limit.", OUTCOME(SLIPPED)},
		{"limited_total", "outcome=\"dropped\"", NULL, OUTCOME(DROPPED)},
		{"limited_total", "outcome=\"refused\"", NULL, OUTCOME(REFUSED_TCP)},
		{"ignored_total", "", "Messages that are no query.", OUTCOME(IGNORED)},
		{"truncated_total", "", "Answers cut short, to come over TCP.", OUTCOME(TRUNCATED)},
		{"signed_total", "", "Answers with signatures.", OUTCOME(SIGNED)},
		{"nonces_total", "", "Queries noted for the test that they name.", OUTCOME(NOTED)},
		{"unsent_total", "", "Answers over UDP that could not be sent.", COUNTER(unsent)},
		{"lost_total", "", "Late answers that nobody could keep.", COUNTER(lost)},
		{"connections_total", "", "Connections accepted.", COUNTER(connections)},
		{"displaced_total", "", "Connections closed for newer ones.", COUNTER(displaced)},
		{"timeouts_total", "", "Connections closed for silence.", COUNTER(timeouts)},
	};
#undef COUNTER
#undef OUTCOME
	char name[64];

	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		(void)snprintf(name, sizeof(name), "ipv6testd_dns_%s", samples[i].name);
		if (samples[i].help != NULL)
			metrics_family(b, name, METRICS_COUNTER, samples[i].help);
		metrics_u64(b, name, samples[i].label, sum(d, samples[i].offset));
	}
	metrics_family(b, "ipv6testd_dns_connections", METRICS_GAUGE, "Connections open now.");
	metrics_u64(b, "ipv6testd_dns_connections", "", sum(d, offsetof(struct dns_worker, counters.open)));
	metrics_family(b, "ipv6testd_seen_queries", METRICS_GAUGE, "Queries remembered for their tests.");
	metrics_u64(b, "ipv6testd_seen_queries", "", seen_count(d->seen));
}

static void on_seen(struct http_request *r, void *data)
{
	const struct ipv6test *t = data;
	char nonce[NONCE_LEN + 1];
	struct buf text;

	if (http_request_query(r, "nonce", nonce, sizeof(nonce)) < 0 ||
	    !nonce_check(&t->nonce_key, nonce, strlen(nonce), ipv6test_now_s())) {
		http_reply_status(r, 404);
		return;
	}
	for (char *c = nonce; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	buf_init(&text, SEEN_MAX_BYTES);
	seen_json(t->dns->seen, nonce, &text);
	reply_json(r, text.data, text.len);
	buf_done(&text);
}

const struct http_route dns_routes[] = {
	{.path = "/seen.json", .methods = HTTP_METHOD_GET, .on_request = on_seen},
	{.path = NULL},
};
