/* The POP file's mirrors: what their texts mean, and what every kind of mistake is told. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_mirror.h"

#include "pop_text.h"

#include <errno.h>
#include <string.h>

#define FILES "name: files, kind: files, upstreams: [\"rsync://mirror.example/files/\"]"

static struct pop *parse(const char *services, struct pop_error *reterr)
{
	return pop_of(reterr, "%sservices:\n%s", POP_HEAD, services);
}

static const struct mistake {
	const char *mirror; /* the group's keys */
	const char *what, *remedy;
} mistakes[] = {
	{"{projects: [{" FILES "}]}", "services.mirror.root: missing", "\"root\""},
	{"{root: /srv/mirror}", "services.mirror.projects: missing", "\"projects\""},
	{"{root: mirror, projects: [{" FILES "}]}", "mirror.root: \"mirror\" is not an absolute path", "/etc"},
	{"{root: /m, reserve: 5, projects: [{" FILES "}]}", "mirror.reserve: \"5\" is not a space", "5%"},
	{"{root: /m, reserve: 91%, projects: [{" FILES "}]}", "mirror.reserve: \"91%\"", "90%"},
	{"{root: /m, reserve: 0%, projects: [{" FILES "}]}", "mirror.reserve: \"0%\"", "200GiB"},
	{"{root: /m, keep_generations: 101, projects: [{" FILES "}]}", "101 generations are too many", "at most 100"},
	{"{root: /m, runs_at_once: 65, projects: [{" FILES "}]}", "runs_at_once: 65 runs", "at most 64"},
	{"{root: /m, runs_per_upstream: 65, projects: [{" FILES "}]}", "runs_per_upstream: 65 runs", "at most 64"},
	{"{root: /m, origins: [ris], projects: [{" FILES "}]}", "mirror.origins[0]: \"ris\"", "/"},
	{"{root: /m, hide_networks: 1x, projects: [{" FILES "}]}", "mirror.hide_networks", "true"},
	{"{root: /m, webhook: x, projects: [{" FILES "}]}", "mirror.webhook: \"x\" is not a web address", "https://"},
	{"{root: /m, projects: [{" FILES "}, {" FILES "}]}", "projects[1].name: \"files\" is listed twice", "another"},
	{"{root: /m, projects: [{name: ../x, kind: files, upstreams: [\"rsync://a.example/b\"]}]}",
         "projects[0].name: \"../x\" is not a name", "small letters"},
	{"{root: /m, projects: [{name: rdns, kind: files, upstreams: [\"rsync://a.example/b\"]}]}",
         "projects[0].name: \"rdns\" is not a name that a project may have", "another"},
	{"{root: /m, rsync_connections: 10001, projects: [{" FILES "}]}", "rsync_connections: 10001 connections",
         "at most 10000"},
	{"{root: /m, downloads_per_prefix: 10001, projects: [{" FILES "}]}", "downloads_per_prefix: 10001 downloads",
         "at most 10000"},
	{"{root: /m, download_mbps: 100001, projects: [{" FILES "}]}", "download_mbps: 100001 Mbit/s are no limit",
         "at most 100000"},
	{"{root: /m, projects: [{name: x, kind: file}]}", "projects[0].kind: \"file\" is none of its values",
         "debian, rpm, arch, files, osm-planet, command"},
	{"{root: /m, projects: [{name: x, kind: files}]}", "projects[0].upstreams: nowhere to get it from",
         "at least one"},
	{"{root: /m, projects: [{" FILES ", interval: 6}]}", "interval: \"6\" is not an interval", "6h"},
	{"{root: /m, projects: [{" FILES ", interval: 32d}]}", "interval: \"32d\"", "31 days"},
	{"{root: /m, projects: [{" FILES ", interval: 9999999999d}]}", "interval: \"9999999999d\"", "31 days"},
	{"{root: /m, projects: [{" FILES ", cron: hourly}]}", "cron: \"hourly\" is not a time", "15 */6"},
	{"{root: /m, projects: [{" FILES ", cron: 0 0 30 2 *}]}", "cron: \"0 0 30 2 *\" is a time that never", "day"},
	{"{root: /m, projects: [{" FILES ", cron: 0 0 * * *, interval: 1h}]}", "cron: there is an interval",
         "keep one"},
	{"{root: /m, projects: [{" FILES ", timeout_hours: 745}]}", "745 hours are too long", "at most 744"},
	{"{root: /m, projects: [{" FILES ", stall_minutes: 1441}]}", "1441 minutes without", "at most 1440"},
	{"{root: /m, projects: [{" FILES ", max_delete_percent: 101}]}", "101 percent", "at most 100"},
	{"{root: /m, projects: [{name: x, kind: command}]}", "projects[0].command: missing", "the path of the program"},
	{"{root: /m, projects: [{name: x, kind: command, command: fetch}]}", "command: \"fetch\" is not an absolute",
         "/"},
	{"{root: /m, projects: [{" FILES ", command: /usr/bin/x}]}", "command: only the kind \"command\"",
         "leave it out"},
	{"{root: /m, projects: [{" FILES ", suites: [stable]}]}", "suites: only the kind \"debian\"", "leave them out"},
	{"{root: /m, projects: [{" FILES ", keyring: /k}]}", "keyring: only the kind \"debian\"", "leave it out"},
	{"{root: /m, projects: [{" FILES ", sentinel: ../passwd}]}", "sentinel: \"../passwd\" is not a file inside",
         "dists/"},
	{"{root: /m, projects: [{" FILES ", sentinel: /etc/passwd}]}", "sentinel: \"/etc/passwd\"", "dists/"},
};

static void test_mistakes(void **state)
{
	(void)state;
	unsigned n_wrong = 0;

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		struct pop_error e = {0};
		char services[1024];
		(void)snprintf(services, sizeof(services), "  pages: {}\n  mirror: %s\n", m->mirror);
		struct pop *p = parse(services, &e);
		if (p != NULL || e.line != 6 || strstr(e.what, m->what) == NULL ||
		    strstr(e.remedy, m->remedy) == NULL) {
			print_error("%s: expected %s; %s\n     got %u:%u %s; %s\n", m->mirror, m->what, m->remedy,
			            e.line, e.column, e.what, e.remedy);
			n_wrong++;
		}
		if (p != NULL)
			pop_free(p);
	}
	assert_int_equal(n_wrong, 0);

	struct pop_error e = {0};
	assert_null(parse("  ntp: {set_clock: false}\n  mirror: {root: /m, projects: [{" FILES "}]}\n", &e));
	assert_non_null(strstr(e.what, "services.mirror: served by the pages, which are off"));
}

static void test_upstreams(void **state)
{
	(void)state;
	static const struct {
		const char *url;
		bool is_good;
	} cases[] = {
		{"rsync://mirror.example/debian/", true},
		{"rsync://mirror.example:8873/debian", true},
		{"rsync://192.0.2.1:873/debian/dists/", true},
		{"rsync://[2001:db8::1]/debian/", true},
		{"https://planet.example/pbf/", false},
		{"http://planet.example/pbf/", false},
		{"rsync://mirror.example", false}, /* a list of modules */
		{"rsync://mirror.example/", false},
		{"rsync://mirror.example//etc", false},
		{"rsync://user@mirror.example/debian/", false},
		{"rsync:///debian/", false},
		{"rsync://[2001:db8::1/debian/", false},
		{"rsync://mirror.example:0/debian/", false},
		{"rsync://mirror.example/../etc/", false},
		{"rsync://mirror.example/a;b/", false},
		{"rsync://mirror.example/a?b", false},
		{"mirror.example::debian", false},
		{"--server", false},
		{"/etc/", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct pop_error e = {0};
		char services[512];
		(void)snprintf(services, sizeof(services),
		               "  pages: {}\n  mirror: {root: /m, projects: [{name: x, kind: osm-planet, "
		               "upstreams: [\"%s\"]}]}\n",
		               cases[i].url);
		struct pop *p = parse(services, &e);
		if ((p != NULL) != cases[i].is_good)
			fail_msg("%s: %s", cases[i].url, e.what);
		if (p != NULL)
			pop_free(p);
		else
			assert_non_null(strstr(e.what, "upstreams[0]"));
	}
}

static void test_defaults(void **state)
{
	(void)state;
	struct pop_error e = {0};
	struct pop *p = parse("  pages: {}\n  mirror: {root: /m, projects: [{" FILES "}]}\n", &e);

	assert_non_null(p);
	const struct pop_mirror *m = p->services->mirror;
	assert_int_equal(m->keep_generations, 2);
	assert_string_equal(m->reserve, "5%");
	assert_int_equal(m->runs_at_once, 4);
	assert_int_equal(m->runs_per_upstream, 2);
	assert_null(m->webhook);
	assert_true(m->n_origins == 0 && !m->hide_networks);
	assert_int_equal(m->rsync_port, 873);
	assert_int_equal(m->rsync_connections, 100);
	assert_int_equal(m->downloads_per_prefix, 64);
	assert_int_equal(m->download_mbps, 0);
	assert_int_equal(m->n_projects, 1);
	const struct pop_mirror_project *project = m->projects;
	assert_int_equal(project->kind, POP_MIRROR_FILES);
	assert_string_equal(project->interval, "6h");
	assert_null(project->cron);
	assert_int_equal(project->bandwidth_mbps, 0);
	assert_int_equal(project->max_delete_percent, 10);
	assert_int_equal(project->max_delete_files, 0);
	assert_int_equal(project->timeout_hours, 24);
	assert_int_equal(project->stall_minutes, 30);
	assert_int_equal(project->large_mib, 64);
	pop_free(p);
}

static void test_all_keys(void **state)
{
	(void)state;
	struct pop_error e = {0};
	struct pop *p = parse("  pages: {}\n"
	                      "  mirror:\n"
	                      "    root: /srv/mirror\n"
	                      "    keep_generations: 5\n"
	                      "    reserve: 200GiB\n"
	                      "    runs_at_once: 8\n"
	                      "    runs_per_upstream: 1\n"
	                      "    webhook: \"https://example.net/hook\"\n"
	                      "    origins: [/var/lib/ris/a, /var/lib/ris/b.gz]\n"
	                      "    hide_networks: true\n"
	                      "    projects:\n"
	                      "      - name: debian\n"
	                      "        kind: debian\n"
	                      "        upstreams: [\"rsync://a.example/debian/\", \"rsync://b.example/debian/\"]\n"
	                      "        cron: 15 */6 * * *\n"
	                      "        bandwidth_mbps: 1000\n"
	                      "        exclude: [\"*.iso\", /pool/non-free]\n"
	                      "        max_delete_percent: 5\n"
	                      "        max_delete_files: 20000\n"
	                      "        sentinel: dists/stable/InRelease\n"
	                      "        keyring: /usr/share/keyrings/debian-archive-keyring.gpg\n"
	                      "        suites: [stable, stable-updates]\n"
	                      "        timeout_hours: 12\n"
	                      "        stall_minutes: 10\n"
	                      "      - {name: own, kind: command, command: /usr/lib/own/fetch, interval: 30m}\n",
	                      &e);

	if (p == NULL)
		fail_msg("%u:%u: %s", e.line, e.column, e.what);
	const struct pop_mirror *m = p->services->mirror;
	const struct pop_mirror_project *debian = &m->projects[0], *own = &m->projects[1];
	assert_string_equal(m->webhook, "https://example.net/hook");
	assert_int_equal(m->n_origins, 2);
	assert_string_equal(m->origins[1], "/var/lib/ris/b.gz");
	assert_true(m->hide_networks);
	assert_int_equal(debian->n_upstreams, 2);
	assert_string_equal(debian->cron, "15 */6 * * *");
	assert_null(debian->interval);
	assert_string_equal(debian->exclude[1], "/pool/non-free");
	assert_string_equal(debian->suites[1], "stable-updates");
	assert_int_equal(debian->max_delete_files, 20000);
	assert_int_equal(own->kind, POP_MIRROR_COMMAND);
	assert_string_equal(own->interval, "30m");
	pop_free(p);
}

static void test_units(void **state)
{
	(void)state;
	uint64_t bytes;
	uint32_t s;

	assert_int_equal(pop_mirror_interval("30m", &s), 0);
	assert_int_equal(s, 1800);
	assert_int_equal(pop_mirror_interval("31d", &s), 0);
	assert_int_equal(s, 31 * 86400);
	assert_int_equal(pop_mirror_interval("0m", &s), -EINVAL);
	assert_int_equal(pop_mirror_interval("6hours", &s), -EINVAL);
	assert_int_equal(pop_mirror_reserve("5%", 1000, &bytes), 0);
	assert_int_equal(bytes, 50);
	assert_int_equal(pop_mirror_reserve("90%", UINT64_MAX, &bytes), 0); /* never more than there is */
	assert_true(bytes < UINT64_MAX);
	assert_int_equal(pop_mirror_reserve("200GiB", 1000, &bytes), 0);
	assert_true(bytes == UINT64_C(200) << 30);
	assert_int_equal(pop_mirror_reserve("200GB", 1000, &bytes), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_upstreams),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_all_keys),
		cmocka_unit_test(test_units),
	};

	return cmocka_run_group_tests_name("base/pop_mirror", tests, NULL, NULL);
}
