/* SPDX-License-Identifier: MIT */
#include "peers/telling.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/pop_notices.h"
#include "peers/notice.h"
#include "peers/outbox_db.h"
#include "peers/quiet_db.h"
#include "peers/subjects_db.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/** Whom a notice goes to. */
struct addressees {
	char *const *mail;
	size_t n_mail;
	const char *webhook;
	enum language language;
};

const struct network *telling_network(const struct telling *t, uint32_t asn, const char *address)
{
	struct addr a;
	bool has_address = addr_parse(address, 0, &a) == 0;

	for (size_t i = 0; asn != 0 && i < t->networks->n; i++)
		if (t->networks->all[i].asn == asn)
			return &t->networks->all[i];
	for (size_t i = 0; has_address && i < t->networks->n; i++)
		for (size_t j = 0; j < t->networks->all[i].n_addresses; j++)
			if (addr_equal(&t->networks->all[i].addresses[j], &a))
				return &t->networks->all[i];
	return NULL;
}

static const struct pop_notices_member *wish_of(const struct pop_notices *n, uint32_t asn)
{
	for (unsigned i = 0; i < n->n_members; i++)
		if (n->members[i].asn == asn)
			return &n->members[i];
	return NULL;
}

static struct addressees operators_of(const struct telling *t)
{
	const struct pop_notices *n = t->pop->notices;
	char *const *contact = &t->pop->site->operated_by->contact;

	return (struct addressees){.mail = n->n_operators > 0 ? n->operators : contact,
	                           .n_mail = n->n_operators > 0 ? n->n_operators : 1,
	                           .webhook = n->webhook,
	                           .language = language_of(t->pop->site->languages[0], LANGUAGE_EN)};
}

static struct addressees addressees_of(const struct telling *t, uint32_t asn)
{
	const struct pop_notices_member *wish = wish_of(t->pop->notices, asn);
	const struct network *w = telling_network(t, asn, "");
	struct addressees a = {.language = language_of(t->pop->site->languages[0], LANGUAGE_EN)};

	if (asn == 0)
		return operators_of(t);
	if (wish != NULL)
		a.language = language_of(wish->language, a.language);
	if (wish != NULL && wish->by == POP_NOTICES_NOTHING)
		return a;
	if (wish != NULL && wish->by == POP_NOTICES_WEBHOOK) {
		a.webhook = wish->webhook;
	} else if (wish != NULL && wish->n_mail > 0) {
		a.mail = wish->mail;
		a.n_mail = wish->n_mail;
	} else if (w != NULL) {
		a.mail = w->contacts;
		a.n_mail = w->n_contacts;
	}
	return a;
}

/** Too many that wait are no reason not to note how all is. */
static int put(sqlite3 *db, struct telling *t, const struct outbox_item *i)
{
	int rc = outbox_db_add(db, i);

	t->made += rc == 0;
	t->dropped += rc == -ENOBUFS;
	if (rc == -ENOBUFS)
		log_warn("notices: %s: not told: too many wait to be sent", i->destination);
	return rc == -ENOBUFS ? 0 : rc;
}

/** Put it in for all. Return: how many; or as db_exec(). */
static int post(sqlite3 *db, struct telling *t, const struct notice_about *about)
{
	struct addressees a = addressees_of(t, about->asn);
	char *language = (char *)language_tags[a.language]; /* which is not changed */
	struct outbox_item item = {
		.made_s = about->now_s, .asn = about->asn, .language = language, .subject = (char *)""};
	int rc = 0, n = 0;

	if (a.webhook != NULL) {
		item.destination = (char *)a.webhook;
		item.body = notice_json(about);
		rc = put(db, t, &item);
		free(item.body);
		n++;
	}
	struct notice words = notice_words(about, a.language);
	for (size_t i = 0; rc == 0 && t->pop->notices->mail_server != NULL && i < a.n_mail; i++) {
		item.is_mail = true;
		item.destination = a.mail[i];
		item.subject = words.subject;
		item.body = words.text;
		rc = put(db, t, &item);
		n++;
	}
	notice_done(&words);
	return rc < 0 ? rc : n;
}

static int compare_asn(const void *a, const void *b)
{
	const struct subject *x = *(const struct subject *const *)a, *y = *(const struct subject *const *)b;

	return (x->seen.asn > y->seen.asn) - (x->seen.asn < y->seen.asn);
}

/** To each network what is its own. @changes are by AS number. */
static int post_members(sqlite3 *db, struct telling *t, const struct subject *const *changes, size_t n, int64_t now_s)
{
	int rc = 0;

	for (size_t i = 0, end; rc >= 0 && i < n; i = end) {
		uint32_t asn = changes[i]->seen.asn;
		const struct network *w = telling_network(t, asn, "");
		for (end = i + 1; end < n && changes[end]->seen.asn == asn;)
			end++;
		if (asn == 0)
			continue; /* it is nobody's who could be told */
		rc = post(db, t,
		          &(struct notice_about){.pop = t->pop,
		                                 .asn = asn,
		                                 .name = w != NULL ? w->name : NULL,
		                                 .changes = changes + i,
		                                 .n_changes = end - i,
		                                 .now_s = now_s});
	}
	return rc;
}

static int post_all(sqlite3 *db, struct telling *t, const struct subjects *s, int64_t now_s)
{
	const struct subject **changes = (const struct subject **)mem_new((s->n + 1) * sizeof(*changes));
	const struct subjects_source **events =
	    (const struct subjects_source **)mem_new((s->n_sources + 1) * sizeof(*events));
	struct notice_about about = {.pop = t->pop, .changes = changes, .events = events, .now_s = now_s};
	int rc = 0;

	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].is_told)
			changes[about.n_changes++] = &s->all[i];
	for (size_t i = 0; i < s->n_sources; i++)
		if (s->sources[i].event != SUBJECTS_NOTHING)
			events[about.n_events++] = &s->sources[i];
	if (about.n_changes > 0)
		qsort((void *)changes, about.n_changes, sizeof(*changes), compare_asn);
	rc = post_members(db, t, changes, about.n_changes, now_s);
	if (rc >= 0 && about.n_changes + about.n_events > 0)
		rc = post(db, t, &about);
	free((void *)changes);
	free((void *)events);
	return rc < 0 ? rc : 0;
}

int telling_round(sqlite3 *db, struct telling *t, struct look *looks, size_t n, int64_t now_s, struct subjects *ret)
{
	const struct pop_notices *p = t->pop->notices;
	const struct subjects_rules rules = {{p->down_seconds, p->up_seconds, p->calm_seconds},
	                                     p->restart_seconds,
	                                     p->stale_seconds};
	struct subjects s = {0};
	int rc = subjects_db_load(db, &s);

	if (rc == 0)
		rc = quiet_db_load(db, now_s, &s);
	if (rc < 0) {
		subjects_done(&s);
		return rc;
	}
	subjects_apply(&s, looks, n, now_s, &rules);
	rc = post_all(db, t, &s, now_s);
	if (rc == 0)
		rc = subjects_db_save(db, &s);
	if (rc < 0)
		subjects_done(&s);
	else
		*ret = s;
	return rc;
}

int telling_test(sqlite3 *db, struct telling *t, uint32_t asn, int64_t now_s)
{
	const struct network *w = telling_network(t, asn, "");

	return post(db, t,
	            &(struct notice_about){.pop = t->pop,
	                                   .asn = asn,
	                                   .name = w != NULL ? w->name : NULL,
	                                   .is_test = true,
	                                   .now_s = now_s});
}
