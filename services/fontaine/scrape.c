/* SPDX-License-Identifier: MIT */
#include "fontaine/scrape.h"

#include "base/bird.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "fontaine/bird_metrics.h"
#include "fontaine/child.h"
#include "fontaine/chrony.h"
#include "fontaine/stock_metrics.h"
#include "net/certificate.h"
#include "sys/ask.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	LIMIT_MS = 1000,
	ANSWER_MAX_BYTES = 1 << 20,
	SOURCES_MAX = 16,
};

/** A program, and what makes metrics of its answer; NULL: the answer is what HTTP carries, and has them already. */
struct source {
	const char *name;
	struct ask ask;
	const char *const *argv; /* a command instead */
	bool (*write)(struct buf *out, const char *text);
	/* What came of it. */
	double took_s;
	struct buf answer, text;
	struct addr addr; /* what ask.to points at */
	bool is_up;
};

static const char *const chronyc[] = {"chronyc", "-c", "-n", "-m", "tracking", "serverstats", "sources", NULL};
static const char *const knotc[] = {"knotc", "-s", "/run/knot/knot.sock", "-f", "stats", NULL};

static bool write_nginx(struct buf *out, const char *text)
{
	const char *body = ask_http_body(text);

	return body != NULL && stock_nginx(out, body);
}

static bool write_ours(struct buf *out, const char *text)
{
	const char *body = ask_http_body(text);

	return body != NULL && buf_add(out, body, strlen(body)) == 0;
}

static void *on_thread(void *data)
{
	struct source *s = data;
	struct timespec before, after;

	(void)clock_gettime(CLOCK_MONOTONIC, &before);
	int rc = s->argv != NULL ? child_run(s->argv, LIMIT_MS, &s->answer) : ask(&s->ask, LIMIT_MS, &s->answer);
	s->is_up = rc == 0 && s->answer.len > 0 && s->write(&s->text, s->answer.data);
	(void)clock_gettime(CLOCK_MONOTONIC, &after);
	s->took_s = (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
	return NULL;
}

static void ask_all(struct source *all, size_t n)
{
	pthread_t threads[SOURCES_MAX];

	for (size_t i = 0; i < n; i++) {
		buf_init(&all[i].answer, ANSWER_MAX_BYTES);
		buf_init(&all[i].text, ANSWER_MAX_BYTES);
		if (pthread_create(&threads[i], NULL, on_thread, &all[i]) != 0)
			mem_exhausted();
	}
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(threads[i], NULL);
}

/** speedtestd is asked where its visitors do. Return: whether the POP has it. */
static bool list_speedtest(const struct pop *p, struct source *ret)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);

	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].service, "speedtest") == 0 && strcmp(all[i].protocol, "http") == 0) {
			*ret = (struct source){.name = "speedtestd", .write = write_ours, .addr = all[i].addr};
			ret->ask = (struct ask){.to = &ret->addr, .question = ASK_HTTP("/metrics")};
			return true;
		}
	return false;
}

/** List the programs of the POP. Return: how many. */
static size_t list_sources(const struct pop *p, struct source ret[SOURCES_MAX])
{
	const struct pop_services *s = p->services;
	const struct {
		bool is_on;
		struct source source;
	} all[] = {
		{true,
	         {.name = "healthd",
	          .ask = {.socket = "/run/healthd/control.sock", .question = ASK_HTTP("/metrics")},
	          .write = write_ours}},
		{p->bgp != NULL,
	         {.name = "bird",
	          .ask = {.socket = "/run/bird/bird.ctl",
	                  .question = "show protocols all\n",
	                  .is_whole = bird_is_whole},
	          .write = bird_metrics_write}},
		{s->ipv6test != NULL,
	         {.name = "ipv6testd",
	          .ask = {.socket = "/run/ipv6testd/http.sock", .question = ASK_HTTP("/metrics")},
	          .write = write_ours}},
		{s->rdns != NULL,
	         {.name = "rdnsd",
	          .ask = {.socket = "/run/rdnsd/http.sock", .question = ASK_HTTP("/metrics")},
	          .write = write_ours}},
		{s->mirror != NULL,
	         {.name = "mirrord",
	          .ask = {.socket = "/run/mirrord/control.sock", .question = ASK_HTTP("/metrics")},
	          .write = write_ours}},
		{p->latency != NULL || p->notices != NULL,
	         {.name = "peerd",
	          .ask = {.socket = "/run/peerd/control.sock", .question = ASK_HTTP("/metrics")},
	          .write = write_ours}},
		{p->management != NULL,
	         {.name = "nginx",
	          .ask = {.socket = "/run/nginx/status.sock", .question = ASK_HTTP("/")},
	          .write = write_nginx}},
		{s->ntp != NULL, {.name = "chrony", .argv = chronyc, .write = chrony_write}},
		{s->resolver != NULL,
	         {.name = "unbound",
	          .ask = {.socket = "/run/unbound/control.sock", .question = "UBCT1 stats_noreset\n"},
	          .write = stock_unbound}},
		{s->authoritative != NULL && s->authoritative->server == POP_DNS_KNOT,
	         {.name = "knot", .argv = knotc, .write = stock_knot}},
	};
	size_t n = list_speedtest(p, &ret[0]);

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].is_on)
			ret[n++] = all[i].source;
	return n;
}

static void write_sources(struct buf *out, const struct source *all, size_t n)
{
	static const char up[] = "fontaine_source_up", took[] = "fontaine_source_duration_seconds";
	char label[64];

	metrics_family(out, up, METRICS_GAUGE, "Whether a program of the POP has said what it counts.");
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(label, sizeof(label), "source=\"%s\"", all[i].name);
		metrics_u64(out, up, label, all[i].is_up);
	}
	metrics_family(out, took, METRICS_GAUGE, "How long that took.");
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(label, sizeof(label), "source=\"%s\"", all[i].name);
		metrics_double(out, took, label, all[i].took_s);
	}
}

/** Of the certificate that all servers have, and of the POP's own CA. */
static void write_certificates(struct buf *out, const char *tls_path)
{
	static const char name[] = "fontaine_certificate_expiry_timestamp_seconds";
	static const char *const files[] = {"server", "ca"};

	metrics_family(out, name, METRICS_GAUGE, "When the certificate expires.");
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char *path = mem_printf("%s/%s.crt", tls_path, files[i]);
		struct certificate *c;
		char label[32];
		(void)snprintf(label, sizeof(label), "certificate=\"%s\"", files[i]);
		if (certificate_read(path, &c) == 0) {
			metrics_double(out, name, label, (double)certificate_ends_s(c));
			certificate_free(c);
		}
		free(path);
	}
}

void scrape(const struct pop *p, const char *tls_path, struct buf *out)
{
	struct source all[SOURCES_MAX];
	size_t n = list_sources(p, all);

	ask_all(all, n);
	metrics_family(out, "fontaine_build_info", METRICS_GAUGE, "The version that runs.");
	metrics_u64(out, "fontaine_build_info", "version=\"" FONTAINE_VERSION "\"", 1);
	write_sources(out, all, n);
	write_certificates(out, tls_path);
	for (size_t i = 0; i < n; i++) {
		if (all[i].is_up)
			(void)buf_add(out, all[i].text.data, all[i].text.len);
		buf_done(&all[i].answer);
		buf_done(&all[i].text);
	}
}

int scrape_time(struct buf *out)
{
	struct buf answer;

	buf_init(&answer, ANSWER_MAX_BYTES);
	int rc = child_run(chronyc, LIMIT_MS, &answer);
	if (rc != 0 || answer.len == 0 || !chrony_write_json(out, answer.data))
		rc = -ENODATA;
	buf_done(&answer);
	return rc;
}
