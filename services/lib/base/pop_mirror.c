/* SPDX-License-Identifier: MIT */
#include "base/pop_mirror.h"

#include "base/cron.h"
#include "base/mem.h"
#include "base/name.h"
#include "base/pop_neighbour.h"
#include "base/pop_rule.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96,
	INTERVAL_MAX_S = 31 * 86400,
	NUMBER_DIGITS_MAX = 6,
	RESERVE_PERCENT_MAX = 90,
	GENERATIONS_MAX = 100,
	RUNS_MAX = 64,
	URL_MAX_BYTES = 600, /* longer than a text of the file */
	PROJECTS_MAX = 1000,
	TIMEOUT_HOURS_MAX = 31 * 24,
	STALL_MINUTES_MAX = 24 * 60,
	RSYNC_PORT = 873,
	CONNECTIONS_MAX = 10000,
	DOWNLOAD_MBPS_MAX = 100000,
};

#define INTERVAL_DEFAULT "6h"

/** Read "6h" into number and unit. */
static bool split_number(const char *text, uint64_t *ret_number, const char **ret_unit)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > NUMBER_DIGITS_MAX)
		return false;
	*ret_number = strtoull(text, NULL, 10);
	*ret_unit = text + digits;
	return true;
}

int pop_mirror_interval(const char *text, uint32_t *ret_s)
{
	static const struct {
		const char *unit;
		uint32_t s;
	} units[] = {{"m", 60}, {"h", 3600}, {"d", 86400}};
	uint64_t number;
	const char *unit;

	if (!split_number(text, &number, &unit))
		return -EINVAL;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(unit, units[i].unit) != 0)
			continue;
		uint64_t s = number * units[i].s;
		if (s < POP_INTERVAL_MIN_S || s > INTERVAL_MAX_S)
			return -EINVAL;
		*ret_s = (uint32_t)s;
		return 0;
	}
	return -EINVAL;
}

int pop_mirror_reserve(const char *text, uint64_t size_bytes, uint64_t *ret_bytes)
{
	static const struct {
		const char *unit;
		unsigned shift;
	} units[] = {{"MiB", 20}, {"GiB", 30}, {"TiB", 40}};
	uint64_t number;
	const char *unit;

	if (!split_number(text, &number, &unit) || number == 0)
		return -EINVAL;
	if (strcmp(unit, "%") == 0) {
		*ret_bytes = size_bytes / 100 * number;
		return number <= RESERVE_PERCENT_MAX ? 0 : -EINVAL;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(unit, units[i].unit) != 0)
			continue;
		*ret_bytes = number << units[i].shift;
		return 0;
	}
	return -EINVAL;
}

static bool is_interval(const char *text)
{
	uint32_t s;

	return pop_mirror_interval(text, &s) == 0;
}

static bool is_reserve(const char *text)
{
	uint64_t bytes;

	return pop_mirror_reserve(text, 0, &bytes) == 0;
}

/** A file below a tree: no other way out of it, nothing that a shell or a log could trip over. */
static bool is_inside(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("/._+~-", *c) == NULL)
			return false;
	return text[0] != '/' && strstr(text, "..") == NULL;
}

/** rsync://host[:port]/module[/path], without user and query. */
static bool is_upstream(const char *text)
{
	char authority[NAME_HOST_MAX], host[NAME_HOST_MAX], url[URL_MAX_BYTES];
	uint16_t port;

	if (strncmp(text, "rsync://", 8) != 0)
		return false;
	const char *rest = text + 8, *slash = strchr(rest, '/');
	if (slash == NULL || slash[1] == '\0' || slash[1] == '/' || slash - rest >= NAME_HOST_MAX)
		return false;
	(void)snprintf(authority, sizeof(authority), "%.*s", (int)(slash - rest), rest);
	(void)snprintf(url, sizeof(url), "https://h%s", slash);
	bool is_plain = strpbrk(slash, "?#&*!@,") == NULL && strstr(slash, "..") == NULL;
	return is_plain && name_is_url(url) && name_split_authority(authority, host, &port) == 0;
}

/** What a cgroup, a folder and a metric may be called. */
static bool is_project(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len > 0 && len <= 63 && text[len] == '\0' && text[0] != '-';
}

/** What the pages have at their top, and so no project may be called. */
static bool is_free(const char *text)
{
	static const char *const taken[] = {"api", "ip", "jobs", "latency", "mirror",
	                                    "networks", "rdns", "shared", "time"};

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (strcmp(text, taken[i]) == 0)
			return false;
	return true;
}

static const struct pop_rule rule_interval = {
	is_interval, "an interval", "write minutes, hours or days, such as 30m, 6h or 1d, up to 31 days"};
static const struct pop_rule rule_reserve = {
	is_reserve, "a space to keep free", "write it like 5% (at most 90%) or 200GiB"};
static const struct pop_rule rule_inside = {
	is_inside, "a file inside the tree", "write it like \"dists/stable/InRelease\""};
static const struct pop_rule rule_upstream = {
	is_upstream, "an upstream", "fetched by rsync: write it like \"rsync://host/debian/\", without a user"};
static const struct pop_rule rule_project = {
	is_project, "a name of a project", "use up to 63 small letters, digits and hyphens, such as \"debian\""};

static const struct pop_rule rule_free = {
	is_free, "a name that a project may have", "give it another: the pages of the POP have this one"};

static int refuse_more(struct pop_doc *d, const char *path, unsigned value, unsigned max, const char *why)
{
	char remedy[64];

	if (value <= max)
		return 0;
	(void)snprintf(remedy, sizeof(remedy), "give at most %u", max);
	return pop_doc_refuse(d, path, remedy, "%u %s", value, why);
}

/** Where the file gives @key of project @i. */
static const char *place(unsigned i, const char *key, char ret[PATH_MAX_BYTES])
{
	(void)snprintf(ret, PATH_MAX_BYTES, "services.mirror.projects[%u].%s", i, key);
	return ret;
}

static int check_follow(struct pop_doc *d, const struct pop *p, unsigned i)
{
	const struct pop_mirror_project *project = &p->services->mirror->projects[i];
	char at[PATH_MAX_BYTES];

	if (project->follow == NULL)
		return 0;
	if (project->kind == POP_MIRROR_COMMAND)
		return pop_doc_refuse(d, place(i, "follow", at), "give it the kind of its tree, such as \"files\"",
		                      "a program fetches it, from nobody else");
	if (pop_neighbour_find(p, project->follow) == NULL)
		return pop_doc_refuse(d, place(i, "follow", at),
		                      "name one of \"neighbours\", and say there where its \"mirror\" is",
		                      "no neighbour \"%s\" has mirrors", project->follow);
	return 0;
}

static int check_upstreams(struct pop_doc *d, const struct pop_mirror_project *p, unsigned i)
{
	char at[PATH_MAX_BYTES];
	int rc = 0;

	if (p->n_upstreams == 0 && p->kind != POP_MIRROR_COMMAND)
		return pop_doc_refuse(d, place(i, "upstreams", at), "list at least one", "nowhere to get it from");
	for (unsigned k = p->follow != NULL; rc == 0 && k < p->n_upstreams; k++) /* that of the neighbour was checked */
		rc = pop_rule_check(d, &rule_upstream, p->upstreams[k],
		                    "services.mirror.projects[%u].upstreams[%u]", i, k - (p->follow != NULL));
	return rc;
}

static int check_cron(struct pop_doc *d, const struct pop_mirror_project *p, unsigned i)
{
	char at[PATH_MAX_BYTES];
	struct cron cron;

	if (p->cron == NULL)
		return 0;
	int rc = cron_parse(p->cron, &cron);
	if (rc == -ERANGE)
		return pop_doc_refuse(d, place(i, "cron", at), "give a day that its months have",
		                      "\"%s\" is a time that never comes", p->cron);
	if (rc < 0)
		return pop_doc_refuse(d, place(i, "cron", at),
		                      "write minute, hour, day, month and weekday as numbers, in UTC, such as "
		                      "\"15 */6 * * *\"",
		                      "\"%s\" is not a time of crontab(5)", p->cron);
	if (p->interval != NULL)
		return pop_doc_refuse(d, place(i, "cron", at), "keep one of the two", "there is an interval as well");
	return 0;
}

static int check_command(struct pop_doc *d, const struct pop_mirror_project *p, unsigned i)
{
	char at[PATH_MAX_BYTES];

	if (p->kind == POP_MIRROR_COMMAND && p->command == NULL)
		return pop_doc_refuse(d, place(i, "command", at), "give the path of the program that fetches it",
		                      "missing");
	if (p->kind != POP_MIRROR_COMMAND && p->command != NULL)
		return pop_doc_refuse(d, place(i, "command", at), "leave it out, or make the kind \"command\"",
		                      "only the kind \"command\" has one");
	return pop_rule_check(d, &pop_rule_path, p->command, "%s", place(i, "command", at));
}

static int check_verification(struct pop_doc *d, const struct pop_mirror_project *p, unsigned i)
{
	char at[PATH_MAX_BYTES];
	int rc = 0;

	if (p->n_suites > 0 && p->kind != POP_MIRROR_DEBIAN)
		return pop_doc_refuse(d, place(i, "suites", at), "leave them out",
		                      "only the kind \"debian\" has suites");
	if (p->keyring != NULL && p->kind != POP_MIRROR_DEBIAN)
		return pop_doc_refuse(d, place(i, "keyring", at), "leave it out",
		                      "only the kind \"debian\" has signatures that are checked");
	for (unsigned k = 0; rc == 0 && k < p->n_suites; k++)
		rc = pop_rule_check(d, &rule_inside, p->suites[k], "services.mirror.projects[%u].suites[%u]", i, k);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_path, p->keyring, "%s", place(i, "keyring", at));
	return rc < 0 ? rc : pop_rule_check(d, &rule_inside, p->sentinel, "%s", place(i, "sentinel", at));
}

static int check_limits(struct pop_doc *d, const struct pop_mirror_project *p, unsigned i)
{
	char at[PATH_MAX_BYTES];
	int rc = pop_rule_check(d, &rule_interval, p->interval, "%s", place(i, "interval", at));

	if (rc == 0)
		rc = refuse_more(d, place(i, "timeout_hours", at), p->timeout_hours, TIMEOUT_HOURS_MAX,
		                 "hours are too long for one run");
	if (rc == 0)
		rc = refuse_more(d, place(i, "stall_minutes", at), p->stall_minutes, STALL_MINUTES_MAX,
		                 "minutes without a byte are too long");
	return rc < 0 ? rc
	              : refuse_more(d, place(i, "max_delete_percent", at), p->max_delete_percent, 100,
	                            "percent are more than all");
}

static int check_project(struct pop_doc *d, const struct pop_mirror *m, unsigned i)
{
	const struct pop_mirror_project *p = &m->projects[i];
	char at[PATH_MAX_BYTES];

	int rc = pop_rule_check(d, &rule_project, p->name, "%s", place(i, "name", at));
	if (rc == 0)
		rc = pop_rule_check(d, &rule_free, p->name, "%s", at);
	for (unsigned j = 0; rc == 0 && j < i; j++)
		if (strcmp(m->projects[j].name, p->name) == 0)
			rc = pop_doc_refuse(d, at, "give one of the two another name", "\"%s\" is listed twice",
			                    p->name);
	if (rc == 0)
		rc = check_upstreams(d, p, i);
	if (rc == 0)
		rc = check_cron(d, p, i);
	if (rc == 0)
		rc = check_limits(d, p, i);
	if (rc == 0)
		rc = check_command(d, p, i);
	return rc < 0 ? rc : check_verification(d, p, i);
}

void pop_mirror_fill(struct pop_mirror *m)
{
	if (m->keep_generations == 0)
		m->keep_generations = 2;
	if (m->reserve == NULL)
		m->reserve = mem_strdup("5%");
	if (m->runs_at_once == 0)
		m->runs_at_once = 4;
	if (m->runs_per_upstream == 0)
		m->runs_per_upstream = 2;
	if (m->rsync_port == 0)
		m->rsync_port = RSYNC_PORT;
	if (m->rsync_connections == 0)
		m->rsync_connections = 100;
	if (m->downloads_per_prefix == 0)
		m->downloads_per_prefix = 64;
	for (unsigned i = 0; i < m->n_projects; i++) {
		struct pop_mirror_project *p = &m->projects[i];
		if (p->interval == NULL && p->cron == NULL)
			p->interval = mem_strdup(INTERVAL_DEFAULT);
		if (p->max_delete_percent == 0)
			p->max_delete_percent = 10;
		if (p->timeout_hours == 0)
			p->timeout_hours = 24;
		if (p->stall_minutes == 0)
			p->stall_minutes = 30;
		if (p->large_mib == 0)
			p->large_mib = 64;
	}
}

static int check_serving(struct pop_doc *d, const struct pop_mirror *m)
{
	int rc = refuse_more(d, "services.mirror.rsync_connections", m->rsync_connections, CONNECTIONS_MAX,
	                     "connections at once are too many");

	if (rc == 0)
		rc = refuse_more(d, "services.mirror.downloads_per_prefix", m->downloads_per_prefix, CONNECTIONS_MAX,
		                 "downloads at once are too many");
	return rc < 0 ? rc
	              : refuse_more(d, "services.mirror.download_mbps", m->download_mbps, DOWNLOAD_MBPS_MAX,
	                            "Mbit/s are no limit");
}

int pop_mirror_check(struct pop_doc *d, const struct pop *p)
{
	const struct pop_mirror *m = p->services->mirror;
	int rc = 0;

	if (p->services->pages == NULL)
		return pop_doc_refuse(d, "services.mirror", "add \"pages: {}\"", "served by the pages, which are off");
	rc = pop_rule_check(d, &pop_rule_path, m->root, "services.mirror.root");
	if (rc == 0)
		rc = pop_rule_check(d, &rule_reserve, m->reserve, "services.mirror.reserve");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_url, m->webhook, "services.mirror.webhook");
	if (rc == 0)
		rc = refuse_more(d, "services.mirror.keep_generations", m->keep_generations, GENERATIONS_MAX,
		                 "generations are too many to keep");
	if (rc == 0)
		rc = refuse_more(d, "services.mirror.runs_at_once", m->runs_at_once, RUNS_MAX,
		                 "runs at once are too many");
	if (rc == 0)
		rc = refuse_more(d, "services.mirror.runs_per_upstream", m->runs_per_upstream, RUNS_MAX,
		                 "runs at once are too many for an upstream");
	if (rc == 0)
		rc = check_serving(d, m);
	if (rc == 0)
		rc = refuse_more(d, "services.mirror.projects", m->n_projects, PROJECTS_MAX, "projects are too many");
	for (unsigned i = 0; rc == 0 && i < m->n_origins; i++)
		rc = pop_rule_check(d, &pop_rule_path, m->origins[i], "services.mirror.origins[%u]", i);
	for (unsigned i = 0; rc == 0 && i < m->n_projects; i++) {
		rc = check_follow(d, p, i);
		if (rc == 0)
			rc = check_project(d, m, i);
	}
	return rc;
}
