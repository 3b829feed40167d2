/* SPDX-License-Identifier: MIT */
#include "base/pop_neighbour.h"

#include "base/asn.h"
#include "base/mem.h"
#include "base/name.h"
#include "base/pop_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96,
	NEIGHBOURS_MAX = 64,
};

/** What follows "//" in an address, when that is a host with or without a port. */
static bool is_bare(const char *authority)
{
	char host[NAME_HOST_MAX];
	uint16_t port;

	return name_split_authority(authority, host, &port) == 0;
}

/** No port is good for both http and https. */
static bool is_pages(const char *text)
{
	char host[NAME_HOST_MAX];
	uint16_t port;

	if (strncmp(text, "https://", 8) == 0)
		return is_bare(text + 8);
	return strncmp(text, "//", 2) == 0 && name_split_authority(text + 2, host, &port) == 0 && port == 0;
}

static bool is_rsync(const char *text)
{
	return strncmp(text, "rsync://", 8) == 0 && is_bare(text + 8);
}

static const struct pop_rule rule_pages = {
	is_pages, "the address of a POP's pages",
	"write it like \"//www.paris.example.net\", which is good for http and https, or with \"https:\" before it"};
static const struct pop_rule rule_rsync = {
	is_rsync, "an rsync daemon", "write it like \"rsync://www.paris.example.net\", without a module"};

const struct pop_neighbour *pop_neighbour_find(const struct pop *p, const char *name)
{
	for (unsigned i = 0; i < p->n_neighbours; i++)
		if (p->neighbours[i].mirror != NULL && strcmp(p->neighbours[i].name, name) == 0)
			return &p->neighbours[i];
	return NULL;
}

char *pop_neighbour_pages(const struct pop_neighbour *p, const char *scheme)
{
	const char *pages = p->mirror->pages;

	return mem_printf("%s%s", *pages == '/' ? scheme : "", pages);
}

/** The host of its pages, by rsync. */
static char *rsync_of(const char *pages)
{
	const char *authority = strstr(pages, "//");
	char host[NAME_HOST_MAX];
	uint16_t port;

	if (authority == NULL || name_split_authority(authority + 2, host, &port) < 0)
		return NULL; /* which is refused */
	return mem_printf("rsync://%s", host);
}

static void put_first(struct pop_mirror_project *p, char *upstream)
{
	p->upstreams = (char **)mem_resize((void *)p->upstreams, p->n_upstreams + 1, sizeof(*p->upstreams));
	for (unsigned i = p->n_upstreams++; i > 0; i--)
		p->upstreams[i] = p->upstreams[i - 1];
	p->upstreams[0] = upstream;
}

void pop_neighbours_fill(struct pop *p)
{
	const struct pop_mirror *m = p->services->mirror;

	for (unsigned i = 0; i < p->n_neighbours; i++) {
		struct pop_neighbour_mirror *other = p->neighbours[i].mirror;
		if (other != NULL && other->rsync == NULL)
			other->rsync = rsync_of(other->pages);
	}
	for (unsigned i = 0; m != NULL && i < m->n_projects; i++) {
		struct pop_mirror_project *project = &m->projects[i];
		const struct pop_neighbour *n = NULL;
		if (project->follow != NULL)
			n = pop_neighbour_find(p, project->follow);
		if (n != NULL && n->mirror->rsync != NULL)
			put_first(project, mem_printf("%s/%s/", n->mirror->rsync, project->name));
	}
}

static bool has_project(const struct pop *p, const char *name)
{
	const struct pop_mirror *m = p->services->mirror;

	for (unsigned i = 0; m != NULL && i < m->n_projects; i++)
		if (strcmp(m->projects[i].name, name) == 0)
			return true;
	return false;
}

static int check_mirror(struct pop_doc *d, const struct pop *p, unsigned i)
{
	const struct pop_neighbour_mirror *m = p->neighbours[i].mirror;
	char path[PATH_MAX_BYTES];

	int rc = pop_rule_check(d, &rule_pages, m->pages, "neighbours[%u].mirror.pages", i);
	if (rc == 0)
		rc = pop_rule_check(d, &rule_rsync, m->rsync, "neighbours[%u].mirror.rsync", i);
	for (unsigned k = 0; rc == 0 && k < m->n_push; k++) {
		(void)snprintf(path, sizeof(path), "neighbours[%u].mirror.push[%u]", i, k);
		if (!has_project(p, m->push[k]))
			rc = pop_doc_refuse(d, path, "name one of services.mirror.projects",
			                    "\"%s\" is no project of this POP", m->push[k]);
		for (unsigned j = 0; rc == 0 && j < k; j++)
			if (strcmp(m->push[j], m->push[k]) == 0)
				rc = pop_doc_refuse(d, path, "remove one of the two", "\"%s\" is listed twice",
				                    m->push[k]);
	}
	return rc;
}

static int check_neighbour(struct pop_doc *d, const struct pop *p, unsigned i)
{
	const struct pop_neighbour *n = &p->neighbours[i];
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "neighbours[%u].name", i);
	int rc = pop_rule_check(d, &pop_rule_label, n->name, "%s", path);
	for (unsigned j = 0; rc == 0 && j < i; j++)
		if (strcmp(p->neighbours[j].name, n->name) == 0)
			rc = pop_doc_refuse(d, path, "give one of the two another name", "\"%s\" is listed twice",
			                    n->name);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_country, n->country, "neighbours[%u].country", i);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_speedtest, n->speedtest, "neighbours[%u].speedtest", i);
	for (unsigned k = 0; rc == 0 && k < n->n_prefixes; k++) {
		(void)snprintf(path, sizeof(path), "neighbours[%u].prefixes[%u]", i, k);
		rc = pop_rule_check_prefix(d, n->prefixes[k], path);
	}
	for (unsigned k = 0; rc == 0 && k < n->n_asns; k++) {
		(void)snprintf(path, sizeof(path), "neighbours[%u].asns[%u]", i, k);
		if (!asn_is_usable(n->asns[k]))
			rc = pop_doc_refuse(d, path, "give the network's own AS number", "AS%" PRIu32 " is reserved",
			                    n->asns[k]);
	}
	return rc == 0 && n->mirror != NULL ? check_mirror(d, p, i) : rc;
}

int pop_neighbours_check(struct pop_doc *d, const struct pop *p)
{
	int rc = 0;

	if (p->n_neighbours > NEIGHBOURS_MAX)
		return pop_doc_refuse(d, "neighbours", "list those that matter to visitors here, at most 64",
		                      "%u neighbours are too many", p->n_neighbours);
	for (unsigned i = 0; rc == 0 && i < p->n_neighbours; i++)
		rc = check_neighbour(d, p, i);
	return rc;
}
