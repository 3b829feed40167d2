/*
 * Responsiveness under working conditions (draft-ietf-ippm-responsiveness): a
 * client over HTTP/2 and TLS that loads the network and asks small questions
 * meanwhile, on loaded connections and on fresh ones.
 *
 * The load grows by one connection each interval until the goodput is stable; the
 * run ends when responsiveness is stable too, or when its time is over.
 */
/* SPDX-License-Identifier: MIT */
#include "h2_client.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yyjson.h>

enum {
	WINDOW = 4,              /* intervals that an average moves over (MAD) */
	PROBES_PER_SECOND = 100, /* at most (MPS) */
	PROBE_PAIR_BYTES = 7000, /* on a fresh connection and a loaded one, about */
	LOAD_CONNS_MAX = 64,
	INTERVALS_MAX = 1024,
	SAMPLES_MAX = 8192,
	ANSWER_MAX_S = 10, /* to wait for the configuration */
	TIME_MAX_S = 60,
};

static const double STABLE = 0.05;      /* standard deviation of moving averages (SDT) */
static const double PROBE_SHARE = 0.05; /* of the goodput (PTC) */
static const double TRIMMED = 0.95;     /* of the samples counts: the slowest are left out (TMP) */

static const char usage[] =
    "usage: rpm [-C CA_FILE] [-d download|upload] [-c CONNECTIONS] [-i INTERVAL_S] [-s SECONDS] URL\n"
    "  URL: https://HOST:PORT/.well-known/nq\n"
    "  -c: of load, at most (16); -i: of each step (1); -s: of each direction, at most (20)\n"
    "prints: {\"download\":{\"rpm\":...,\"goodput_bps\":...},\"upload\":{...}}\n";

/* What is measured, in ms; LOAD is asked for and not measured. */
enum figure { TCP,
	      TLS,
	      HTTP,
	      LOADED,
	      FIGURES,
	      LOAD };

struct samples {
	size_t n;
	struct {
		unsigned interval;
		double ms;
	} at[SAMPLES_MAX];
};

/* One direction's, from beginning to end. */
struct run {
	bool uploads;
	struct h2_conn *load[LOAD_CONNS_MAX];
	unsigned n_load, n_probes, n_intervals;
	uint64_t bytes;
	double since_s; /* the interval that goes on */
	double goodput_bps[INTERVALS_MAX], average_bps[INTERVALS_MAX], rpm[INTERVALS_MAX];
	bool goodput_stable, rpm_stable;
	struct samples samples[FIGURES];
};

struct test {
	struct h2_client client;
	unsigned max_conns;
	double interval_s, max_s;
	struct url nq, small, large, upload;
	char answer[8192]; /* the configuration */
	size_t answer_len;
	bool answered;
	struct run run;
};

static void take_sample(struct run *r, enum figure figure, double ms)
{
	struct samples *s = &r->samples[figure];

	if (s->n == SAMPLES_MAX)
		errx(EXIT_FAILURE, "too many probes");
	s->at[s->n].interval = r->n_intervals;
	s->at[s->n++].ms = ms;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The mean of the samples since the interval @first, without the slowest; NAN when there is none. */
static double trimmed_mean_ms(const struct samples *s, unsigned first)
{
	static double ms[SAMPLES_MAX];
	size_t n = 0;
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].interval >= first)
			ms[n++] = s->at[i].ms;
	qsort(ms, n, sizeof(ms[0]), by_value);
	size_t kept = (size_t)ceil((double)n * TRIMMED);
	for (size_t i = 0; i < kept; i++)
		sum += ms[i];
	return kept > 0 ? sum / (double)kept : NAN;
}

static double rpm_since(const struct run *r, unsigned first)
{
	double foreign_ms = 0;

	for (enum figure f = TCP; f <= HTTP; f++)
		foreign_ms += trimmed_mean_ms(&r->samples[f], first) / 3;
	return (60000 / foreign_ms + 60000 / trimmed_mean_ms(&r->samples[LOADED], first)) / 2;
}

static double mean(const double *values, unsigned n)
{
	double sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += values[i];
	return sum / n;
}

/* Whether the last WINDOW of the @n values differ little. */
static bool is_stable(const double *values, unsigned n)
{
	double squares = 0;

	if (n < WINDOW)
		return false;
	values += n - WINDOW;
	double middle = mean(values, WINDOW);
	for (unsigned i = 0; i < WINDOW; i++)
		squares += (values[i] - middle) * (values[i] - middle);
	return sqrt(squares / WINDOW) < STABLE * middle;
}

static void on_load_open(struct h2_conn *c)
{
	struct test *t = c->data;

	h2_ask(c, t->run.uploads ? "POST" : "GET", t->run.uploads ? &t->upload : &t->large, LOAD);
}

static void on_load_reply(struct h2_conn *c, int tag, double ms)
{
	struct test *t = c->data;

	if (tag == LOAD)
		errx(EXIT_FAILURE, "the load ended by itself");
	take_sample(&t->run, LOADED, ms);
}

static void on_fresh_open(struct h2_conn *c)
{
	struct test *t = c->data;

	take_sample(&t->run, TCP, c->tcp_ms);
	take_sample(&t->run, TLS, c->tls_ms);
	h2_ask(c, "GET", &t->small, HTTP);
}

static void on_fresh_reply(struct h2_conn *c, int tag, double ms)
{
	struct test *t = c->data;

	take_sample(&t->run, (enum figure)tag, ms);
	c->phase = H2_CLOSED;
}

static void on_configuration_open(struct h2_conn *c)
{
	struct test *t = c->data;

	h2_ask(c, "GET", &t->nq, HTTP);
}

static void on_configuration_body(struct h2_conn *c, const uint8_t *bytes, size_t len)
{
	struct test *t = c->data;

	if (len > sizeof(t->answer) - t->answer_len)
		errx(EXIT_FAILURE, "%s: too long", t->nq.path);
	memcpy(t->answer + t->answer_len, bytes, len);
	t->answer_len += len;
}

static void on_configuration_reply(struct h2_conn *c, int tag, double ms)
{
	struct test *t = c->data;
	(void)tag, (void)ms;

	t->answered = true;
	c->phase = H2_CLOSED;
}

static void add_load(struct test *t)
{
	static const struct h2_conn_ops ops = {.on_open = on_load_open, .on_reply = on_load_reply};

	t->run.load[t->run.n_load++] = h2_open(&t->client, &t->nq, &ops, t);
}

/* Ask once on a loaded connection, and once on a fresh one. */
static void probe(struct test *t)
{
	static const struct h2_conn_ops ops = {.on_open = on_fresh_open, .on_reply = on_fresh_reply};
	struct run *r = &t->run;
	struct h2_conn *loaded = r->load[r->n_probes++ % r->n_load];

	if (loaded->phase == H2_OPEN)
		h2_ask(loaded, "GET", &t->small, LOADED);
	(void)h2_open(&t->client, &t->nq, &ops, t);
}

/* Between probes: as many as allowed, but no more than their share of the goodput. */
static double probe_gap_s(const struct run *r)
{
	double bps = r->n_intervals > 0 ? r->goodput_bps[r->n_intervals - 1] : 0;
	double own_s = bps > 0 ? PROBE_PAIR_BYTES * 8 / (bps * PROBE_SHARE) : 0.1;

	return fmin(fmax(own_s, 2.0 / PROBES_PER_SECOND), 1);
}

/* Return: false when nothing is left to find out. */
static bool end_interval(struct test *t, double now)
{
	struct run *r = &t->run;
	unsigned i = r->n_intervals++, first = i + 1 > WINDOW ? i + 1 - WINDOW : 0;
	uint64_t bytes = 0;

	for (unsigned n = 0; n < r->n_load; n++)
		bytes += r->uploads ? h2_bytes_moved(r->load[n]) : r->load[n]->bytes;
	r->goodput_bps[i] = (double)(bytes - r->bytes) * 8 / (now - r->since_s);
	r->bytes = bytes;
	r->since_s = now;
	r->average_bps[i] = mean(r->goodput_bps + first, i + 1 - first);
	r->rpm[i] = rpm_since(r, first);
	r->goodput_stable = r->goodput_stable || is_stable(r->average_bps, i + 1);
	r->rpm_stable = r->goodput_stable && is_stable(r->rpm, i + 1);
	if (r->rpm_stable || (i + 2) * t->interval_s > t->max_s || i + 1 == INTERVALS_MAX)
		return false;
	if (!r->goodput_stable && r->n_load < t->max_conns)
		add_load(t);
	return true;
}

static void measure(struct test *t, bool uploads)
{
	struct run *r = &t->run;
	double start_s = now_s(), next_probe_s = start_s;
	bool going = true;

	*r = (struct run){.uploads = uploads, .since_s = start_s};
	add_load(t);
	while (going) {
		double end_s = start_s + (r->n_intervals + 1) * t->interval_s;
		h2_turn(&t->client, fmin(end_s, next_probe_s));
		double now = now_s();
		if (now >= next_probe_s) {
			probe(t);
			next_probe_s = now + probe_gap_s(r);
		}
		if (now >= end_s)
			going = end_interval(t, now);
	}
	h2_close_all(&t->client);
}

static void configure(struct test *t)
{
	static const struct h2_conn_ops ops = {on_configuration_open, on_configuration_body, on_configuration_reply};
	static const char *const keys[] = {"small_download_url", "large_download_url", "upload_url"};
	struct url *const urls[] = {&t->small, &t->large, &t->upload};
	double end_s = now_s() + ANSWER_MAX_S;

	(void)h2_open(&t->client, &t->nq, &ops, t);
	while (!t->answered && now_s() < end_s)
		h2_turn(&t->client, end_s);
	if (!t->answered)
		errx(EXIT_FAILURE, "no configuration within %d s", ANSWER_MAX_S);
	yyjson_doc *doc = yyjson_read(t->answer, t->answer_len, 0);
	yyjson_val *given = yyjson_obj_get(yyjson_doc_get_root(doc), "urls");
	for (size_t i = 0; i < 3; i++) {
		const char *text = yyjson_get_str(yyjson_obj_get(given, keys[i]));
		*urls[i] = url_parse(text != NULL ? text : keys[i]);
		if (strcmp(urls[i]->authority, t->nq.authority) != 0)
			errx(EXIT_FAILURE, "%s: not on %s", text, t->nq.authority);
	}
	yyjson_doc_free(doc);
}

static void print(const struct test *t)
{
	static const char *const names[] = {"tcp", "tls", "http", "loaded"};
	const struct run *r = &t->run;
	unsigned last = r->n_intervals - 1, first = last + 1 > WINDOW ? last + 1 - WINDOW : 0;

	printf("\"%s\":{\"rpm\":%.1f,\"goodput_bps\":%.0f,\"bytes\":%llu,\"seconds\":%.2f,"
	       "\"ended_s\":%.3f,\"connections\":%u,\"goodput_stable\":%s,\"rpm_stable\":%s",
	       r->uploads ? "upload" : "download", r->rpm[last], r->average_bps[last], (unsigned long long)r->bytes,
	       r->n_intervals * t->interval_s, r->since_s, r->n_load, r->goodput_stable ? "true" : "false",
	       r->rpm_stable ? "true" : "false");
	for (enum figure f = TCP; f < FIGURES; f++)
		printf(",\"%s_ms\":%.3f,\"%s_samples\":%zu", names[f], trimmed_mean_ms(&r->samples[f], first), names[f],
		       r->samples[f].n);
	printf("}");
}

int main(int argc, char **argv)
{
	static struct test t = {.max_conns = 16, .interval_s = 1, .max_s = 20};
	const char *ca_file = NULL, *direction = "";

	for (int option; (option = getopt(argc, argv, "C:d:c:i:s:")) != -1;) {
		if (option == 'C')
			ca_file = optarg;
		else if (option == 'd')
			direction = optarg;
		else if (option == 'c')
			t.max_conns = (unsigned)atoi(optarg);
		else if (option == 'i')
			t.interval_s = atof(optarg);
		else if (option == 's')
			t.max_s = atof(optarg);
		else
			errx(EXIT_FAILURE, "%s", usage);
	}
	if (optind + 1 != argc || t.max_conns < 1 || t.max_conns > LOAD_CONNS_MAX || t.interval_s < 0.05 ||
	    t.max_s > TIME_MAX_S)
		errx(EXIT_FAILURE, "%s", usage);
	t.nq = url_parse(argv[optind]);
	h2_client_init(&t.client, ca_file);
	configure(&t);
	printf("{");
	if (strcmp(direction, "upload") != 0) {
		measure(&t, false);
		print(&t);
	}
	if (direction[0] == '\0')
		printf(",");
	if (strcmp(direction, "download") != 0) {
		measure(&t, true);
		print(&t);
	}
	printf("}\n");
	h2_client_done(&t.client);
	return EXIT_SUCCESS;
}
