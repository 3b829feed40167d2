/* fontaine rdns check: whether a reverse zone may be delegated to its name servers. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/command.h"
#include "fontaine/progress.h"
#include "fontaine/rdns.h"

#include "base/origin.h"
#include "base/pop_json.h"
#include "delegation/collect.h"
#include "delegation/judge.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define RESOLV_CONF      "/etc/resolv.conf"
#define DEFAULT_DNS_PORT 53

enum { LINE_MAX_BYTES = 512 };

struct options {
	struct delegation delegation;
	struct collect_settings settings;
	struct prefix_table *origins; /* NULL: none is given */
	enum language language;
	bool json;
	struct verdict *verdict; /* the result */
};

static int wrong(const char *subject, const char *value, const char *remedy)
{
	(void)fprintf(stderr, "fontaine rdns check: %s%s%s\n  %s\n", subject, *value != '\0' ? " " : "", value, remedy);
	return EXIT_WRONG_INPUT;
}

static void on_progress(size_t n_done, size_t n_asked, void *data)
{
	char text[64];
	(void)data;

	(void)snprintf(text, sizeof(text), "%zu / %zu", n_done, n_asked);
	progress_show("DNS", (double)n_done / (double)n_asked, text);
}

static void on_done(struct observed *o, void *data)
{
	struct options *options = data;

	progress_clear();
	options->verdict = judge(o, options->origins, time(NULL));
	observed_free(o);
}

static void print_json(const struct verdict *v, enum language language)
{
	yyjson_mut_doc *d = yyjson_mut_doc_new(NULL);
	char *text = pop_json_text(d, verdict_json(v, language, d));

	(void)fputs(text, stdout);
	free(text);
	yyjson_mut_doc_free(d);
}

/** Every question has a socket of its own, and they are asked at once. */
static void allow_sockets(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int run(struct options *o)
{
	uv_loop_t loop;
	int rc = uv_loop_init(&loop);

	if (rc < 0) {
		(void)fprintf(stderr, "fontaine: %s\n", uv_strerror(rc));
		return EXIT_FAILED;
	}
	allow_sockets();
	struct collect *c = collect_start(&loop, &o->delegation, &o->settings, on_done, o);
	collect_on_progress(c, on_progress);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&loop);
	if (o->json)
		print_json(o->verdict, o->language);
	else
		rdns_report(o->verdict, o->language);
	int status = verdict_count(o->verdict, SEVERITY_ERROR) > 0 ? EXIT_FAILED : EXIT_FINE;
	verdict_free(o->verdict);
	return status;
}

/** The first that this system asks. */
static void find_resolver(struct collect_settings *s)
{
	FILE *file = fopen(RESOLV_CONF, "re");
	char line[LINE_MAX_BYTES], address[LINE_MAX_BYTES];

	while (file != NULL && !s->has_resolver && fgets(line, sizeof(line), file) != NULL)
		s->has_resolver = sscanf(line, " nameserver %511s", address) == 1 &&
		                  addr_parse(address, DEFAULT_DNS_PORT, &s->resolver) == 0;
	if (file != NULL)
		(void)fclose(file);
}

static int take_resolver(struct options *o, const char *text)
{
	o->settings.has_resolver = addr_parse(text, DEFAULT_DNS_PORT, &o->settings.resolver) == 0;
	return o->settings.has_resolver ? EXIT_FINE : wrong("--resolver", text, "give an IPv4 or IPv6 address");
}

static int take_allowed(struct options *o, const char *text)
{
	struct collect_settings *s = &o->settings;

	if (s->n_allowed == COLLECT_ALLOWED_MAX)
		return wrong("--allow", text, "that is one more than the eight that are possible");
	if (prefix_parse(text, &s->allowed[s->n_allowed]) < 0)
		return wrong("--allow", text, "give a prefix like 192.0.2.0/24");
	s->n_allowed++;
	return EXIT_FINE;
}

static int take_origins(struct options *o, const char *path)
{
	struct prefix_report report;

	if (o->origins == NULL)
		o->origins = prefix_table_new(&origin_kind);
	int rc = prefix_table_add_file(o->origins, path, &report);
	return rc == 0 ? EXIT_FINE : wrong("--origins", path, strerror(-rc));
}

static int take_language(struct options *o, const char *text)
{
	o->language = language_of(text, LANGUAGES);
	return o->language < LANGUAGES ? EXIT_FINE : wrong("--lang", text, "give en or fr");
}

static int take_delegated(const char *subject, const char *text, const char *complaint)
{
	return complaint == NULL ? EXIT_FINE : wrong(subject, text, complaint);
}

/** Return: EXIT_FINE to go on, else an exit status. */
static int take_option(struct options *o, int option)
{
	switch (option) {
	case 'n':
		return take_delegated("--ns", optarg, delegation_add_server(&o->delegation, optarg));
	case 'd':
		return take_delegated("--ds", optarg, delegation_add_ds(&o->delegation, optarg));
	case 'r':
		return take_resolver(o, optarg);
	case 'o':
		return take_origins(o, optarg);
	case 'a':
		return take_allowed(o, optarg);
	case 'l':
		return take_language(o, optarg);
	case 'j':
		o->json = true;
		return EXIT_FINE;
	default:
		abort(); /* our own mistake */
	}
}

/** What the options mean depends on the zone, which may stand anywhere: it is looked for first. */
static int take_options(const struct subcommand *c, struct options *o, int argc, char **argv)
{
	static const struct option long_options[] = {
		{"ns", required_argument, NULL, 'n'},
		{"ds", required_argument, NULL, 'd'},
		{"resolver", required_argument, NULL, 'r'},
		{"origins", required_argument, NULL, 'o'},
		{"allow", required_argument, NULL, 'a'},
		{"lang", required_argument, NULL, 'l'},
		{"json", no_argument, NULL, 'j'},
		{NULL, 0, NULL, 0},
	};
	int option;

	for (optind = 0; (option = getopt_long(argc, argv, "", long_options, NULL)) != -1;)
		if (option == '?')
			return subcommand_usage_error(c);
	if (optind + 1 != argc)
		return wrong(optind == argc ? "no zone" : "more than one zone", "",
		             "fontaine rdns check ZONE --ns NAME ...");
	int status = take_delegated("ZONE", argv[optind], delegation_init(&o->delegation, argv[optind]));
	for (optind = 0; status == EXIT_FINE && (option = getopt_long(argc, argv, "", long_options, NULL)) != -1;)
		status = take_option(o, option);
	if (status == EXIT_FINE && o->delegation.n_servers == 0)
		return wrong("no name server", "", "give each of them with --ns NAME, or --ns NAME=ADDR,...");
	return status;
}

static enum language environments_language(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);
		if (value != NULL && *value != '\0')
			return language_of(value, LANGUAGE_EN);
	}
	return LANGUAGE_EN;
}

int rdns_check(const struct subcommand *c, int argc, char **argv)
{
	struct options o = {.language = environments_language()};
	int status = take_options(c, &o, argc, argv);

	if (status == EXIT_FINE) {
		if (!o.settings.has_resolver)
			find_resolver(&o.settings);
		if (o.origins != NULL)
			(void)prefix_table_seal(o.origins);
		status = run(&o);
	}
	prefix_table_release(o.origins);
	delegation_done(&o.delegation);
	return status;
}
