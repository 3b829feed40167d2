/* The POP file's notices to members. */
/* SPDX-License-Identifier: MIT */
#include "base/pop_notices.h"

#include "base/mem.h"
#include "base/name.h"
#include "base/pop_rule.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	PATH_MAX_BYTES = 96,
	SECONDS_MAX = 86400,
	HOURS_MAX = 720,
};

static bool is_mail_server(const char *text)
{
	char host[NAME_HOST_MAX];
	uint16_t port;
	const char *authority = NULL;

	if (strncmp(text, "smtp://", 7) == 0)
		authority = text + 7;
	else if (strncmp(text, "smtps://", 8) == 0)
		authority = text + 8;
	return authority != NULL && name_split_authority(authority, host, &port) == 0;
}

static const struct pop_rule rule_mail_server = {
	is_mail_server, "a mail server", "write it like \"smtp://mail.example.net:587\", or with \"smtps:\" before it"};

/** What people read, in one word. */
static bool is_source(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

	return len <= 63 && text[len] == '\0';
}

static const struct pop_rule rule_source = {is_source, "the name of a source",
                                            "use up to 63 letters, digits, dots, hyphens and underscores"};

bool pop_notices_are_shown(const struct pop *p)
{
	return p->exchange != NULL && p->notices != NULL && !p->notices->hide;
}

void pop_notices_fill(struct pop *p)
{
	struct pop_notices *n = p->notices;
	const struct {
		unsigned *number, value;
	} all[] = {
		{&n->interval_seconds, 5},
		{&n->down_seconds, 60},
		{&n->up_seconds, 120},
		{&n->calm_seconds, 600},
		{&n->restart_seconds, 900},
		{&n->stale_seconds, 120},
		{&n->give_up_hours, 24},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (*all[i].number == 0)
			*all[i].number = all[i].value;
	if (n->n_birds > 0 || p->bgp == NULL)
		return;
	n->birds = mem_new(sizeof(*n->birds)); /* pop_free() frees it as if it came from the file */
	n->birds[0] = (struct pop_notices_bird){mem_strdup("pop"), mem_strdup("/run/bird/bird.ctl")};
	n->n_birds = 1;
}

static int check_numbers(struct pop_doc *d, const struct pop_notices *n)
{
	const struct {
		const char *key;
		unsigned number, max;
	} all[] = {{"interval_seconds", n->interval_seconds, 300},
	           {"down_seconds", n->down_seconds, SECONDS_MAX},
	           {"up_seconds", n->up_seconds, SECONDS_MAX},
	           {"calm_seconds", n->calm_seconds, SECONDS_MAX},
	           {"restart_seconds", n->restart_seconds, SECONDS_MAX},
	           {"stale_seconds", n->stale_seconds, SECONDS_MAX},
	           {"give_up_hours", n->give_up_hours, HOURS_MAX}};
	char path[PATH_MAX_BYTES];

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		(void)snprintf(path, sizeof(path), "notices.%s", all[i].key);
		if (all[i].number > all[i].max)
			return pop_doc_refuse(d, path, "give a smaller number", "%u is more than %u", all[i].number,
			                      all[i].max);
	}
	return 0;
}

/** The name of the i-th source: birds, then links. */
static const char *source_name(const struct pop_notices *n, unsigned i)
{
	return i < n->n_birds ? n->birds[i].name : n->links[i - n->n_birds].name;
}

static int check_link(struct pop_doc *d, const struct pop_notices_link *l, const char *path)
{
	if ((l->url != NULL) == (l->file != NULL))
		return pop_doc_refuse(d, path, "give url or file, one of the two", "%s",
		                      l->url != NULL ? "has both url and file" : "has neither url nor file");
	int rc = pop_rule_check(d, &pop_rule_url, l->url, "%s.url", path);
	return rc < 0 ? rc : pop_rule_check(d, &pop_rule_path, l->file, "%s.file", path);
}

static int check_source(struct pop_doc *d, const struct pop_notices *n, unsigned i)
{
	bool is_bird = i < n->n_birds;
	unsigned index = is_bird ? i : i - n->n_birds;
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "notices.%s[%u]", is_bird ? "birds" : "links", index);
	int rc = pop_rule_check(d, &rule_source, source_name(n, i), "%s.name", path);
	if (rc < 0)
		return rc;
	return is_bird ? pop_rule_check(d, &pop_rule_path, n->birds[index].socket, "%s.socket", path)
	               : check_link(d, &n->links[index], path);
}

static int check_sources(struct pop_doc *d, const struct pop_notices *n)
{
	unsigned count = n->n_birds + n->n_links;

	if (count == 0)
		return pop_doc_refuse(d, "notices", "add \"birds\" or \"links\"",
		                      "nothing says how sessions or ports are: there is no section \"bgp\" either");
	if (count > POP_NOTICES_SOURCES_MAX)
		return pop_doc_refuse(d, "notices", "leave some out", "more than %d birds and links",
		                      POP_NOTICES_SOURCES_MAX);
	for (unsigned i = 0; i < count; i++) {
		int rc = check_source(d, n, i);
		if (rc < 0)
			return rc;
		for (unsigned j = 0; j < i; j++)
			if (strcmp(source_name(n, i), source_name(n, j)) == 0)
				return pop_doc_refuse(d, "notices", "choose another name",
				                      "two birds or links are called \"%s\"", source_name(n, i));
	}
	return 0;
}

static int check_mails(struct pop_doc *d, char **all, unsigned n, const char *path)
{
	for (unsigned i = 0; i < n; i++) {
		int rc = pop_rule_check(d, &pop_rule_mail, all[i], "%s[%u]", path, i);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int check_member(struct pop_doc *d, const struct pop_notices *n, unsigned i)
{
	const struct pop_notices_member *m = &n->members[i];
	char path[PATH_MAX_BYTES];

	(void)snprintf(path, sizeof(path), "notices.members[%u].mail", i);
	int rc = check_mails(d, m->mail, m->n_mail, path);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_url, m->webhook, "notices.members[%u].webhook", i);
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_language, m->language, "notices.members[%u].language", i);
	(void)snprintf(path, sizeof(path), "notices.members[%u]", i);
	if (rc == 0 && m->by == POP_NOTICES_WEBHOOK && m->webhook == NULL)
		rc = pop_doc_refuse(d, path, "add \"webhook\", its address", "is to be told by one, and has none");
	for (unsigned j = 0; rc == 0 && j < i; j++)
		if (n->members[j].asn == m->asn)
			rc = pop_doc_refuse(d, path, "join the two entries into one", "AS%" PRIu32 " is listed twice",
			                    m->asn);
	return rc;
}

int pop_notices_check(struct pop_doc *d, const struct pop *p)
{
	const struct pop_notices *n = p->notices;

	if (n == NULL)
		return 0;
	int rc = check_sources(d, n);
	if (rc == 0)
		rc = check_numbers(d, n);
	if (rc == 0)
		rc = pop_rule_check(d, &rule_mail_server, n->mail_server, "notices.mail_server");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_mail, n->mail_from, "notices.mail_from");
	if (rc == 0)
		rc = check_mails(d, n->operators, n->n_operators, "notices.operators");
	if (rc == 0)
		rc = pop_rule_check(d, &pop_rule_url, n->webhook, "notices.webhook");
	for (unsigned i = 0; rc == 0 && i < n->n_members; i++)
		rc = check_member(d, n, i);
	return rc;
}
