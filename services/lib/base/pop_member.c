/* The POP file's members. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_member.h"

#include "base/addr.h"
#include "base/asn.h"
#include "base/mem.h"
#include "base/pop_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATH_MAX_BYTES = 96 };

/** A day as RFC 3339 has it. */
static bool is_date(const char *text)
{
	struct tm day = {0};
	const char *end = strptime(text, "%Y-%m-%d", &day);

	return strlen(text) == strlen("2026-03-14") && end != NULL && *end == '\0';
}

static const struct pop_rule rule_date = {is_date, "a day", "write it like \"2026-03-14\""};

static int check_member(struct pop_doc *d, const struct pop_member *m, unsigned i)
{
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "members[%u].asn", i);
	if (!asn_is_usable(m->asn))
		return pop_doc_refuse(d, path, "give the member's own AS number",
		                      "AS%" PRIu32 " is reserved", m->asn);
	for (unsigned j = 0; j < m->n_prefixes; j++) {
		(void)snprintf(path, sizeof(path), "members[%u].prefixes[%u]", i, j);
		int rc = pop_rule_check_prefix(d, m->prefixes[j], path);
		if (rc < 0)
			return rc;
	}
	for (unsigned j = 0; j < m->n_peering; j++) {
		int rc = pop_rule_check(d, &pop_rule_address, m->peering[j], "members[%u].peering[%u]", i, j);
		if (rc < 0)
			return rc;
	}
	for (unsigned j = 0; j < m->n_contacts; j++) {
		int rc = pop_rule_check(d, &pop_rule_mail, m->contacts[j], "members[%u].contacts[%u]", i, j);
		if (rc < 0)
			return rc;
	}
	int rc = pop_rule_check(d, &pop_rule_url, m->url, "members[%u].url", i);
	return rc < 0 ? rc : pop_rule_check(d, &rule_date, m->since, "members[%u].since", i);
}

/** No AS number is listed twice. */
static int check_asns(struct pop_doc *d, const struct pop *p)
{
	char path[PATH_MAX_BYTES];

	for (unsigned i = 0; i < p->n_members; i++)
		for (unsigned j = 0; j < i; j++) {
			if (p->members[i].asn != p->members[j].asn)
				continue;
			(void)snprintf(path, sizeof(path), "members[%u].asn", i);
			return pop_doc_refuse(d, path, "join the two entries into one",
			                      "AS%" PRIu32 " is listed twice, as \"%s\" and \"%s\"",
			                      p->members[i].asn, p->members[j].name,
			                      p->members[i].name);
		}
	return 0;
}

struct owned_prefix {
	struct prefix prefix;
	unsigned member, index; /* members[member].prefixes[index] */
};

/** No address belongs to two members: each would get the other's rights. */
static int check_overlaps(struct pop_doc *d, const struct pop *p)
{
	struct owned_prefix *all = NULL;
	size_t n = 0;
	int rc = 0;

	for (unsigned i = 0; i < p->n_members; i++)
		for (unsigned j = 0; j < p->members[i].n_prefixes; j++) {
			struct owned_prefix *o;
			all = mem_resize(all, n + 1, sizeof(*all));
			o = &all[n++];
			*o = (struct owned_prefix){.member = i, .index = j};
			(void)prefix_parse(p->members[i].prefixes[j], &o->prefix); /* was checked */
		}
	for (size_t i = 0; i < n && rc == 0; i++)
		for (size_t j = 0; j < i && rc == 0; j++) {
			const struct owned_prefix *a = &all[j], *b = &all[i];
			char path[PATH_MAX_BYTES], text[PREFIX_TEXT_MAX];
			if (a->member == b->member || !prefix_overlaps(&a->prefix, &b->prefix))
				continue;
			(void)snprintf(path, sizeof(path), "members[%u].prefixes[%u]", b->member,
			               b->index);
			rc = pop_doc_refuse(d, path, "leave every address to one member",
			                    "overlaps %s of AS%" PRIu32,
			                    prefix_text(&a->prefix, text), p->members[a->member].asn);
		}
	free(all);
	return rc;
}

int pop_members_check(struct pop_doc *d, const struct pop *p)
{
	if (p->n_members > 0 && p->ixf_export != NULL)
		return pop_doc_refuse(d, "ixf_export", "keep one of the two",
		                      "members are listed in this file as well");
	for (unsigned i = 0; i < p->n_members; i++) {
		int rc = check_member(d, &p->members[i], i);
		if (rc < 0)
			return rc;
	}
	int rc = check_asns(d, p);
	if (rc == 0)
		rc = check_overlaps(d, p);
	return rc < 0 ? rc : pop_rule_check(d, &pop_rule_path, p->ixf_export, "ixf_export");
}
