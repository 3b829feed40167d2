/*
 * Happy path: look_at_next() looks at one zone after the other; act() makes a wish of what was decided, which
 * edit_work() writes and publishing.h brings into DNS; then note_work() notes what came of it.
 *
 * Failures: what is refused is noted with the reason. What is only so for the moment, or was changed by somebody
 * else meanwhile, is tried again soon.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/visit.h"

#include "base/log.h"
#include "base/mem.h"
#include "rdns/edit.h"
#include "rdns/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum stage {
	VISIT_LOOKING,
	VISIT_CHECKING,
	VISIT_STORING,
	VISIT_PUBLISHING,
};

struct visit {
	struct visit_config config;
	struct follow_due due;
	void (*on_done)(void *data);
	void *data;
	enum stage stage;
	struct look *look;
	size_t n_looked;
	enum follow_what what;   /* is to change, when there is a wish */
	struct delegated *wish;  /* owned; NULL: none */
	char *summary;           /* of the check that allowed it, owned */
	int64_t change;          /* on its way into DNS; 0: none */
	bool is_live;            /* what was to change has */
	bool is_again, is_hasty; /* to be looked at again soon, or at once */
	bool is_cancelled;
	void (*on_closed)(void *data);
	void *on_closed_data;
	struct look_result results[]; /* zone by zone */
};

static const struct delegation *zone_of(const struct visit *v, size_t i)
{
	return &v->due.row.delegated->zones[i];
}

static void free_visit(struct visit *v)
{
	for (size_t i = 0; i < v->n_looked; i++) {
		cds_done(&v->results[i].ds);
		csync_done(&v->results[i].ns);
	}
	if (v->wish != NULL)
		delegated_free(v->wish);
	delegated_free(v->due.row.delegated);
	free(v->summary);
	free(v);
}

static void close_cancelled(void *data)
{
	struct visit *v = data;
	void (*on_closed)(void *data) = v->on_closed;
	void *closed_data = v->on_closed_data;

	free_visit(v);
	on_closed(closed_data);
}

void visit_cancel(struct visit *v, void (*on_closed)(void *data), void *data)
{
	v->is_cancelled = true;
	v->on_closed = on_closed;
	v->on_closed_data = data;
	if (v->stage == VISIT_LOOKING)
		look_cancel(v->look, close_cancelled, v);
	else if (v->stage != VISIT_STORING)
		close_cancelled(v); /* who would call back is closed */
}

static void end(struct visit *v)
{
	void (*on_done)(void *data) = v->on_done;
	void *data = v->data;

	free_visit(v);
	on_done(data);
}

/* Return: false when the visit has ended without it. */
static bool store(struct visit *v, store_work work, store_done on_done)
{
	v->stage = VISIT_STORING;
	if (store_run(v->config.store, work, on_done, v) == 0)
		return true;
	log_warn("rdns: too much waits for the database: what a zone asks for is looked at again tomorrow");
	end(v);
	return false;
}

/* What may be otherwise in a while: servers that are behind, or silent. */
static bool is_passing(enum follow_outcome outcome)
{
	return outcome == FOLLOW_SERVERS_DIFFER || outcome == FOLLOW_NOT_ALL || outcome == FOLLOW_MOVED ||
	       outcome == FOLLOW_UNPUBLISHED;
}

/* Whether what it asks of name servers is left to the next visit, which goes by the DS as they are then. */
static bool is_next(const struct visit *v, const struct look_result *r)
{
	return v->what == FOLLOW_DS && r->ns.outcome == FOLLOW_CHANGE;
}

static int note_work(sqlite3 *db, void *data)
{
	struct visit *v = data;
	int64_t now = time(NULL);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < v->n_looked; i++) {
		const struct look_result *r = &v->results[i];
		const char *zone = zone_of(v, i)->zone;
		rc = follow_db_note(db, zone, FOLLOW_DS, r->ds.outcome, r->ds.signed_since, now);
		if (rc == 0 && !is_next(v, r))
			rc = follow_db_note(db, zone, FOLLOW_NS, r->ns.outcome, r->ns.signed_since, now);
		v->is_again = v->is_again || is_passing(r->ds.outcome) || is_passing(r->ns.outcome);
		v->is_hasty = v->is_hasty || (is_next(v, r) && v->is_live);
	}
	if (rc == 0 && (v->is_again || v->is_hasty))
		rc = follow_db_schedule(db, &v->due.prefix, now + (v->is_hasty ? 0 : FOLLOW_RETRY_S));
	return rc == -ENOENT ? 0 : rc; /* it is delegated no more */
}

static void on_noted(void *data, int rc)
{
	struct visit *v = data;

	if (rc < 0)
		log_warn("rdns: what a zone asks for could not be noted: %s", strerror(-rc));
	if (v->is_cancelled)
		close_cancelled(v);
	else
		end(v);
}

/* What was to change comes out as @outcome. */
static void conclude(struct visit *v, enum follow_outcome outcome)
{
	for (size_t i = 0; i < v->n_looked; i++) {
		struct look_result *r = &v->results[i];
		enum follow_outcome *of = v->what == FOLLOW_DS ? &r->ds.outcome : &r->ns.outcome;
		if (*of == FOLLOW_CHANGE)
			*of = outcome;
	}
	v->is_live = outcome == FOLLOW_CHANGE;
	(void)store(v, note_work, on_noted);
}

static void on_published(enum change_end ended, enum change_event why, void *data)
{
	struct visit *v = data;
	char prefix[PREFIX_TEXT_MAX];
	bool is_failed = ended == CHANGE_FAILED;
	(void)why; /* publishing has said so */

	log_info("rdns: %s: %s: %s", prefix_text(&v->due.prefix, prefix), follow_who[v->what],
	         is_failed ? "could not be published" : "followed");
	conclude(v, is_failed ? FOLLOW_UNPUBLISHED : FOLLOW_CHANGE);
}

static int edit_work(sqlite3 *db, void *data)
{
	struct visit *v = data;
	struct edit e = {.at = time(NULL),
	                 .who = follow_who[v->what],
	                 .member = v->due.row.member,
	                 .checks = v->summary};
	struct zones_row now;
	int rc = zones_db_get(db, &v->due.prefix, &now);

	if (rc < 0)
		return rc;
	delegated_free(now.delegated);
	if (now.version != v->due.row.version || now.member != v->due.row.member)
		return -ESTALE;
	rc = edit_delegation(db, &e, &v->due.prefix, v->wish);
	v->change = e.change;
	return rc;
}

static void on_edited(void *data, int rc)
{
	struct visit *v = data;

	if (v->is_cancelled) {
		close_cancelled(v);
		return;
	}
	if (rc < 0 && rc != -ESTALE && rc != -ENOENT && rc != -EBUSY)
		log_error("rdns: what a zone asks for could not be written: %s", strerror(-rc));
	v->stage = VISIT_PUBLISHING;
	if (rc < 0) {
		v->is_again = true;
		conclude(v, FOLLOW_UNPUBLISHED);
	} else if (v->change == 0) {
		conclude(v, FOLLOW_SAME);
	} else if (publishing_change(v->config.publishing, v->change, on_published, v) < 0) {
		conclude(v, FOLLOW_CHANGE); /* it is taken up again by itself */
	}
}

static void on_checked(const struct check_result *r, void *data)
{
	struct visit *v = data;

	struct rechecking *notes = v->config.rechecking;

	if (r == NULL)
		return; /* the visit is cancelled too, before long */
	if (v->what == FOLLOW_NS && !r->passed) {
		conclude(v, FOLLOW_CHECK);
		return;
	}
	v->summary = mem_strdup(r->summary);
	if (store(v, edit_work, on_edited))
		rechecking_note(notes, 0, v->wish, r); /* in the store, after the change */
}

/* Keys roll also where something else is wrong; but what is delegated then is checked. */
static void check(struct visit *v)
{
	if (checking_start(v->config.checking, 0, v->wish, on_checked, v) == 0)
		v->stage = VISIT_CHECKING;
	else if (v->what == FOLLOW_DS)
		(void)store(v, edit_work, on_edited);
	else
		conclude(v, FOLLOW_MOVED); /* a member is just trying something, or too much waits */
}

/* The DS records that the zones ask for, in the place of what they have. Return: whether any does. */
static bool wish_for_ds(struct visit *v)
{
	bool has_any = false;

	v->wish = delegated_copy(v->due.row.delegated);
	for (size_t i = 0; i < v->n_looked; i++) {
		struct look_result *r = &v->results[i];
		if (r->ds.outcome != FOLLOW_CHANGE)
			continue;
		has_any = true;
		ldns_rr_list_deep_free(v->wish->zones[i].ds);
		v->wish->zones[i].ds = r->ds.ds;
		r->ds.ds = NULL;
	}
	return has_any;
}

static bool has_same_names(const struct delegation *a, const struct delegation *b)
{
	for (size_t i = 0; i < a->n_servers; i++) {
		size_t k = 0;
		while (k < b->n_servers && strcmp(a->servers[i].name, b->servers[k].name) != 0)
			k++;
		if (k == b->n_servers)
			return false;
	}
	return a->n_servers == b->n_servers;
}

/* The same for name servers, which all zones of the prefix have in common. Return: as above. */
static bool wish_for_servers(struct visit *v, bool *ret_differs)
{
	bool has_any = false, differs = false;

	for (size_t i = 0; i < v->n_looked; i++) {
		struct delegation *zone = &v->wish->zones[i];
		const struct look_result *r = &v->results[i];
		if (r->ns.outcome == FOLLOW_CHANGE) {
			has_any = true;
			memcpy(zone->servers, r->ns.next.servers, sizeof(zone->servers));
			zone->n_servers = r->ns.next.n_servers;
		}
		differs = differs || !has_same_names(zone, &v->wish->zones[0]);
	}
	*ret_differs = differs;
	return has_any;
}

static void act(struct visit *v)
{
	bool differs;

	v->what = FOLLOW_DS;
	if (wish_for_ds(v)) {
		check(v);
		return;
	}
	v->what = FOLLOW_NS;
	if (!wish_for_servers(v, &differs))
		conclude(v, FOLLOW_SAME);
	else if (differs)
		conclude(v, FOLLOW_ZONES_DIFFER);
	else
		check(v);
}

static void look_at_next(struct visit *v);

static void on_looked(const struct look_result *r, void *data)
{
	struct visit *v = data;

	v->results[v->n_looked++] = *r;
	if (v->n_looked < v->due.row.delegated->n_zones)
		look_at_next(v);
	else
		act(v);
}

static void look_at_next(struct visit *v)
{
	size_t i = v->n_looked;
	const struct look_config config = {.zone = zone_of(v, i),
	                                   .settings = checking_settings(v->config.checking),
	                                   .ds_since = v->due.since[i][FOLLOW_DS],
	                                   .ns_since = v->due.since[i][FOLLOW_NS]};

	v->look = look_start(v->config.loop, &config, on_looked, v);
}

struct visit *visit_start(const struct visit_config *config, const struct follow_due *due, void (*on_done)(void *data),
                          void *data)
{
	struct visit *v = mem_new(sizeof(*v) + due->row.delegated->n_zones * sizeof(v->results[0]));

	v->config = *config;
	v->due = *due;
	v->on_done = on_done;
	v->data = data;
	look_at_next(v);
	return v;
}
