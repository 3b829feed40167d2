/* fontaine speedtest run: measure from this machine, over IPv4 and IPv6, at any LibreSpeed server. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/speedtest.h"

#include "base/mem.h"
#include "base/pop_json.h"
#include "fontaine/client.h"
#include "fontaine/command.h"
#include "fontaine/load.h"
#include "fontaine/progress.h"
#include "fontaine/report.h"

#include <assert.h>
#include <curl/curl.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	STREAMS = 5, /* as browsers have for it */
	SECONDS = 6,
	SECONDS_MAX = 60,
	PINGS = 20,
	PING_GAP_MS = 50,
	TEST_ID_BYTES = 16,
	POLL_LEAST_MS = 200, /* how often a place in the queue is asked for */
	POLL_MOST_MS = 2000,
};

/** Where servers of the field have what a test asks for, ours first. */
static const struct paths {
	const char *garbage, *empty, *ip;
} all_paths[] = {
	{"garbage", "empty", "getIP"},
	{"garbage.php", "empty.php", "getIP.php"},
	{"backend/garbage.php", "backend/empty.php", "backend/getIP.php"},
};

enum { N_PATHS = sizeof(all_paths) / sizeof(*all_paths) };

struct options {
	char *url; /* owned; no slash at its end */
	const char *ca_path;
	unsigned streams, seconds;
	bool ipv4, ipv6, json;
};

/** What is measured over one family. */
struct target {
	struct client *client;
	const struct paths *paths;
	struct report report;
};

struct run {
	const struct options *options;
	char id[2 * TEST_ID_BYTES + 1];
	bool has_queue; /* the server is one of ours */
	struct target targets[2];
	size_t n_targets;
};

static bool is_fine(const struct target *t)
{
	return t->report.answer.reason == NULL;
}

static void sleep_ms(uint32_t ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	(void)nanosleep(&t, NULL);
}

/** Ask, and wait for the answer. Return: the complete transfer, to end with transfer_end(). */
static struct transfer *ask(struct target *t, const char *path, struct answer *ret)
{
	struct transfer *transfer = client_ask(t->client, path);

	while (client_run(t->client, CLIENT_ANSWER_MS) == NULL)
		;
	(void)transfer_answer(transfer, ret);
	return transfer;
}

/** Find where the server has its test: the first path that answers. */
static void find_paths(struct target *t)
{
	struct answer a = {.status = 404};

	for (size_t i = 0; i < N_PATHS && a.status == 404; i++) {
		t->paths = &all_paths[i];
		transfer_end(ask(t, t->paths->empty, &a));
	}
	if (a.status == 404)
		(void)snprintf(a.why, sizeof(a.why), "it has no speed test (status 404)");
	t->report.answer = a;
}

/** LibreSpeed's {"processedString": "192.0.2.1 - Example, FR"}; it is no loss when it is not there. */
static void find_address(struct target *t)
{
	struct answer a;
	struct transfer *transfer = ask(t, t->paths->ip, &a);
	const char *text = transfer_body(transfer);
	yyjson_doc *d = yyjson_read(text, strlen(text), 0);
	const char *told = yyjson_get_str(yyjson_obj_get(yyjson_doc_get_root(d), "processedString"));
	struct addr address;

	if (a.reason == NULL && told != NULL)
		(void)snprintf(t->report.address, sizeof(t->report.address), "%.*s", (int)strcspn(told, " "), told);
	if (addr_parse(t->report.address, 0, &address) < 0)
		*t->report.address = '\0';
	yyjson_doc_free(d);
	transfer_end(transfer);
}

/** Latency with nothing else under way. */
static void measure_latency(struct target *t)
{
	struct samples *samples = &t->report.latency;

	for (int i = 0; i < PINGS && is_fine(t); i++) {
		char text[32];
		transfer_end(ask(t, t->paths->empty, &t->report.answer));
		if (!is_fine(t))
			break;
		samples_add(samples, t->report.answer.latency_ms);
		(void)snprintf(text, sizeof(text), "%.2f ms", samples_median(samples));
		progress_show("latency", (i + 1.0) / PINGS, text);
		sleep_ms(PING_GAP_MS);
	}
	progress_clear();
}

static void on_progress(double bits_per_second, double share, void *data)
{
	char rate[REPORT_RATE_MAX];

	progress_show(data, share, report_rate(bits_per_second, rate));
}

static void measure_load(struct run *r, struct target *t, bool upload)
{
	char name[16];
	char *stream = mem_printf("%s?%stest=%s", upload ? t->paths->empty : t->paths->garbage,
	                          upload ? "" : "ckSize=1024&", r->id);
	char *probe = r->has_queue ? mem_printf("received?test=%s", r->id) : mem_strdup(t->paths->empty);
	struct load_plan plan = {
		.upload = upload,
		.streams = r->options->streams,
		.measured_ms = r->options->seconds * 1000.0,
		.path = stream,
		.probe_path = probe,
		.has_count = r->has_queue,
		.on_progress = on_progress,
		.data = name,
	};

	(void)snprintf(name, sizeof(name), "%s", upload ? "upload" : "download");
	struct load *load = upload ? &t->report.upload : &t->report.download;
	bool is_measured = load_run(t->client, &plan, load, &t->report.answer);
	*(upload ? &t->report.has_upload : &t->report.has_download) = is_measured;
	progress_clear();
	free(probe);
	free(stream);
}

/** A place in the queue that is not yet there, or was refused. Return: milliseconds to wait, 0 to go on. */
static uint32_t read_place(const char *text, struct answer *reterr)
{
	yyjson_doc *d = yyjson_read(text, strlen(text), 0);
	yyjson_val *root = yyjson_doc_get_root(d);
	const char *state = yyjson_get_str(yyjson_obj_get(root, "state"));
	double wait_ms = yyjson_get_num(yyjson_obj_get(root, "wait_ms"));
	uint32_t next_ms = 0;

	if (state != NULL && strcmp(state, "waiting") == 0) {
		char line[96];
		(void)snprintf(line, sizeof(line), "waiting: number %" PRIu64 " in the queue, about %.0f s",
		               yyjson_get_uint(yyjson_obj_get(root, "position")), ceil(wait_ms / 1000));
		progress_show("queue", -1, line);
		next_ms = (uint32_t)fmin(POLL_MOST_MS, fmax(POLL_LEAST_MS, wait_ms / 2));
	} else if (state != NULL && strcmp(state, "refused") == 0) {
		reterr->reason = "busy";
		(void)snprintf(reterr->why, sizeof(reterr->why), "it refuses the test (%s): try again in %.0f s",
		               yyjson_get_str(yyjson_obj_get(root, "reason")), ceil(wait_ms / 1000));
	}
	yyjson_doc_free(d);
	return next_ms;
}

/** Wait for a place where the server gives places: one for all that the run measures. */
static void wait_in_queue(struct run *r, struct target *t)
{
	char *path = mem_printf("queue?test=%s", r->id);
	uint32_t wait_ms;

	do {
		struct transfer *transfer = ask(t, path, &t->report.answer);
		r->has_queue = is_fine(t);
		wait_ms = r->has_queue ? read_place(transfer_body(transfer), &t->report.answer) : 0;
		if (t->report.answer.status == 404)
			t->report.answer = (struct answer){.reason = NULL}; /* all may come */
		transfer_end(transfer);
		sleep_ms(wait_ms);
	} while (wait_ms > 0);
	progress_clear();
	free(path);
}

static void reach(struct run *r, int family)
{
	struct target *t = &r->targets[r->n_targets++];

	t->client = client_new(r->options->url, family, r->options->ca_path);
	t->report.family = family;
	t->report.streams = r->options->streams;
	find_paths(t);
	if (is_fine(t))
		find_address(t);
	if (is_fine(t))
		measure_latency(t);
}

/** All idle latencies come before the first load, and the queue right before it. */
static void measure(struct run *r)
{
	if (r->options->ipv4)
		reach(r, AF_INET);
	if (r->options->ipv6)
		reach(r, AF_INET6);
	for (size_t i = 0; i < r->n_targets; i++) {
		struct target *t = &r->targets[i];
		bool is_first = i == 0 || !is_fine(&r->targets[0]);
		if (is_fine(t) && is_first)
			wait_in_queue(r, t);
		if (is_fine(t))
			measure_load(r, t, false);
		if (is_fine(t))
			measure_load(r, t, true);
		if (!r->options->json && t->report.latency.n > 0)
			report_print(&t->report);
	}
}

/** Say on standard error why a family was not measured at all. */
static void print_reasons(const struct run *r)
{
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct report *report = &r->targets[i].report;
		if (report->answer.reason != NULL && report->latency.n == 0)
			(void)fprintf(stderr, "fontaine: %s: %s: %s\n", r->options->url, report_name(report),
			              report->answer.why);
	}
}

static void print_json(const struct run *r)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root = yyjson_mut_obj(d);
	yyjson_mut_val *server = yyjson_mut_obj_add_obj(d, root, "server");

	yyjson_mut_obj_add_str(d, server, "url", r->options->url);
	for (size_t i = 0; i < r->n_targets; i++)
		yyjson_mut_obj_add_val(d, root, report_key(&r->targets[i].report),
		                       report_json(d, &r->targets[i].report));
	char *text = pop_json_text(d, root);
	(void)fputs(text, stdout);
	free(text);
	yyjson_mut_doc_free(d);
}

static void make_id(char ret[2 * TEST_ID_BYTES + 1])
{
	uint8_t bytes[TEST_ID_BYTES];

	arc4random_buf(bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

/** Return: the exit status. Fine when one family was measured: many hosts have but one. */
static int run(const struct options *o)
{
	struct run *r = mem_new(sizeof(*r));
	int status = EXIT_FAILED;

	r->options = o;
	make_id(r->id);
	(void)signal(SIGPIPE, SIG_IGN);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		mem_exhausted();
	measure(r);
	if (o->json)
		print_json(r);
	print_reasons(r);
	for (size_t i = 0; i < r->n_targets; i++) {
		if (is_fine(&r->targets[i]))
			status = EXIT_FINE;
		report_done(&r->targets[i].report);
		client_free(r->targets[i].client);
	}
	curl_global_cleanup();
	free(r);
	return status;
}

static int wrong(const char *what, const char *remedy)
{
	(void)fprintf(stderr, "fontaine speedtest run: %s\n  %s\n", what, remedy);
	return EXIT_WRONG_INPUT;
}

/** A server that is named by an address has one family. Return: an exit status. */
static int choose_families(struct options *o)
{
	const char *scheme_end = strstr(o->url, "://");
	assert(scheme_end != NULL); /* was checked */
	const char *host = scheme_end + 3;
	bool is_ipv6 = *host == '[';
	char text[ADDR_TEXT_MAX];
	struct addr a;

	(void)snprintf(text, sizeof(text), "%.*s", (int)strcspn(host, ":/"), host);
	bool is_ipv4 = addr_parse(text, 0, &a) == 0;
	if ((is_ipv4 && o->ipv6 && !o->ipv4) || (is_ipv6 && o->ipv4 && !o->ipv6))
		return wrong("this is an address of the other family", "give its name, or leave out -4 and -6");
	if (!o->ipv4 && !o->ipv6)
		o->ipv4 = o->ipv6 = true;
	o->ipv4 = o->ipv4 && !is_ipv6;
	o->ipv6 = o->ipv6 && !is_ipv4;
	return EXIT_FINE;
}

/** From 1 to @max, or 0 for what is no such number. */
static unsigned number(const char *text, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return end == text || *end != '\0' || n > max ? 0 : (unsigned)n;
}

static bool is_url(const char *text)
{
	CURLU *parts = curl_url();

	if (parts == NULL)
		mem_exhausted();
	bool is_good = curl_url_set(parts, CURLUPART_URL, text, 0) == CURLUE_OK && strpbrk(text, "?#") == NULL &&
	               (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0);
	curl_url_cleanup(parts);
	return is_good;
}

static int take_url(struct options *o, int argc, char **argv)
{
	if (optind + 1 != argc)
		return wrong(optind == argc ? "no URL" : "more than one URL", "fontaine speedtest run URL [OPTION]...");
	if (!is_url(argv[optind]))
		return wrong("this is no address of a server", "write it like https://speedtest.example.net");
	o->url = mem_strdup(argv[optind]);
	for (size_t len = strlen(o->url); o->url[len - 1] == '/'; len--)
		o->url[len - 1] = '\0';
	return EXIT_FINE;
}

int speedtest_run(const struct subcommand *c, int argc, char **argv)
{
	static const struct option long_options[] = {
		{"streams", required_argument, NULL, 's'},
		{"seconds", required_argument, NULL, 't'},
		{"ca", required_argument, NULL, 'c'},
		{"json", no_argument, NULL, 'j'},
		{NULL, 0, NULL, 0},
	};
	struct options o = {.streams = STREAMS, .seconds = SECONDS};
	int option;

	while ((option = getopt_long(argc, argv, "46", long_options, NULL)) != -1) {
		switch (option) {
		case '4':
			o.ipv4 = true;
			break;
		case '6':
			o.ipv6 = true;
			break;
		case 's':
			o.streams = number(optarg, LOAD_STREAMS_MAX);
			break;
		case 't':
			o.seconds = number(optarg, SECONDS_MAX);
			break;
		case 'c':
			o.ca_path = optarg;
			break;
		case 'j':
			o.json = true;
			break;
		default: /* getopt_long() has said what is wrong */
			return subcommand_usage_error(c);
		}
	}
	if (o.streams == 0)
		return wrong("--streams is no number from 1 to 64", "leave it out for 5");
	if (o.seconds == 0)
		return wrong("--seconds is no number from 1 to 60", "leave it out for 6");
	int status = take_url(&o, argc, argv);
	if (status == EXIT_FINE)
		status = choose_families(&o);
	if (status == EXIT_FINE)
		status = run(&o);
	free(o.url);
	return status;
}
