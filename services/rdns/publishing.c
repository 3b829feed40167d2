/*
 * publishing_carry() has the store read a change, on_read() gives it to the publisher, on_published() tells
 * whoever waits. Rounds and imports are in publishing_rounds.c.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/publishing_job.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "rdns/apex.h"
#include "rdns/edit.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEY_FILE_MAX_BYTES = 4096 };

int publishing_take_back(sqlite3 *db, int64_t id)
{
	return edit_roll_back(db, id, "rdnsd", (int64_t)time(NULL));
}

void publishing_release(struct publishing *p)
{
	void (*on_closed)(void *data) = p->on_closed;
	void *data = p->closed_data;

	if (--p->n_holds > 0)
		return;
	ldns_rr_list_deep_free(p->import.touched);
	free(p);
	if (on_closed != NULL)
		on_closed(data);
}

int publishing_run(struct publishing *p, store_work work, store_done done, void *data)
{
	int rc = store_run(p->store, work, done, data);

	p->n_holds += rc == 0 ? 1 : 0;
	return rc;
}

/* What the publisher wants to have noted, and to know. */

struct note {
	struct publishing *p;
	int64_t id;
	enum change_state state;
};

static int note_work(sqlite3 *db, void *data)
{
	static const enum audit_state states[] = {
		[CHANGE_WRITTEN] = AUDIT_WRITTEN,
		[CHANGE_SENT] = AUDIT_SENT,
		[CHANGE_VERIFIED] = AUDIT_VERIFIED,
	};
	const struct note *note = data;

	if (note->state == CHANGE_ROLLED_BACK)
		return publishing_take_back(db, note->id);
	return change_db_move(db, note->id, states[note->state]);
}

static void on_noted(void *data, int rc)
{
	struct note *note = data;
	struct publishing *p = note->p;

	free(note);
	if (!p->is_closing)
		publisher_noted(p->publisher, rc);
	publishing_release(p);
}

static void on_note(int64_t id, enum change_state state, void *data)
{
	struct publishing *p = data;
	struct note *note = mem_new(sizeof(*note));

	*note = (struct note){.p = p, .id = id, .state = state};
	int rc = publishing_run(p, note_work, on_noted, note);
	if (rc == 0)
		return;
	free(note);
	publisher_noted(p->publisher, rc);
}

struct want {
	struct publishing *p;
	bool is_catalog;
	struct wanted_zone zone;
};

static int want_work(sqlite3 *db, void *data)
{
	struct want *want = data;

	if (want->is_catalog)
		return wanted_db_catalog(db, want->p->own, want->p->catalog, want->zone.records);
	return wanted_db_zone(db, &want->zone);
}

static void answer_want(struct want *want, int rc)
{
	struct publishing *p = want->p;
	ldns_rr_list *records = want->zone.records, *unsettled = want->zone.unsettled;

	free(want);
	if (rc == 0 && !p->is_closing) {
		publisher_wanted(p->publisher, records, unsettled);
		return;
	}
	ldns_rr_list_deep_free(records);
	ldns_rr_list_deep_free(unsettled);
	if (rc < 0)
		log_error("rdns: what DNS is to have cannot be read: %s", strerror(-rc));
	if (!p->is_closing)
		publisher_wanted(p->publisher, NULL, NULL);
}

static void on_want_read(void *data, int rc)
{
	struct want *want = data;
	struct publishing *p = want->p;

	answer_want(want, rc);
	publishing_release(p);
}

/** Or else one below, in which Knot makes names. */
static bool is_ours(const struct publishing *p, const struct prefix *zone)
{
	const struct prefix *found = allocations_find(p->zones, zone);

	return found != NULL && found->len == zone->len;
}

static void on_want(const char *origin, void *data)
{
	struct publishing *p = data;
	struct want *want = mem_new(sizeof(*want));

	*want = (struct want){
		.p = p,
		.is_catalog = strcmp(origin, p->catalog) == 0,
		.zone = {
			.zones = p->zones,
			.first = p->import.first,
			.last = p->import.last,
			.records = ldns_rr_list_new(),
			.unsettled = ldns_rr_list_new(),
		},
	};
	(void)reverse_parse(origin, &want->zone.zone); /* a name that we wrote; or the catalog's */
	want->zone.is_synthesised = !want->is_catalog && !is_ours(p, &want->zone.zone);
	if (want->is_catalog)
		synthesised_add_apex(want->zone.records, origin);
	else if (want->zone.is_synthesised)
		synthesised_add_own(want->zone.records, origin, p->pop);
	else
		apex_add(want->zone.records, p->pop, origin);
	int rc = publishing_run(p, want_work, on_want_read, want);
	if (rc < 0)
		answer_want(want, rc);
}

/* A change. */

static void drop(struct carried *c)
{
	LIST_REMOVE(c, next);
	c->p->n_carried--;
	if (c->filling != NULL)
		filling_cancel(c->filling);
	ldns_rr_list_deep_free(c->gained);
	ldns_rr_list_deep_free(c->lost);
	wanted_change_done(&c->wanted);
	free(c);
}

static void finish(struct carried *c, enum change_end end, enum change_event why)
{
	struct publishing *p = c->p;
	publishing_fn on_end = c->on_end;
	void *data = c->data;

	drop(c);
	if (!p->is_closing)
		on_end(end, why, data);
}

static void on_put_back(bool is_right, void *data)
{
	struct carried *c = data;

	c->filling = NULL;
	if (!is_right)
		publishing_look_soon(c->p);
	finish(c, c->end, c->why);
}

/** What came or went in the catalog, before the change was taken back, goes or comes back first. */
static void finish_all(struct carried *c, enum change_end end, enum change_event why)
{
	bool is_catalogs = ldns_rr_list_rr_count(c->gained) + ldns_rr_list_rr_count(c->lost) > 0;

	if (end != CHANGE_FAILED || !is_catalogs || c->p->is_closing) {
		finish(c, end, why);
		return;
	}
	c->end = end;
	c->why = why;
	c->filling = publishing_fill(c->p, c->lost, on_put_back, c);
}

static void on_published(enum change_end end, enum change_event why, void *data)
{
	struct carried *c = data;
	bool is_known = end == CHANGE_LIVE ||
	                (end == CHANGE_FAILED && why != CHANGE_UNSERVED && why != CHANGE_UNANSWERED);

	if (!is_known) /* an update that was not answered may be carried out later */
		publishing_look_soon(c->p);
	finish_all(c, end, why);
}

static int take_back_work(sqlite3 *db, void *data)
{
	const struct carried *c = data;

	return publishing_take_back(db, c->id);
}

static void on_taken_back(void *data, int rc)
{
	struct carried *c = data;
	struct publishing *p = c->p;

	if (rc < 0)
		log_error("rdns: a change cannot be taken back: %s", strerror(-rc));
	c->is_in_store = false;
	finish_all(c, rc < 0 ? CHANGE_PENDING : CHANGE_FAILED, c->why);
	publishing_release(p);
}

static void give_up(struct carried *c, enum change_event why)
{
	c->why = why;
	c->is_in_store = publishing_run(c->p, take_back_work, on_taken_back, c) == 0;
	if (!c->is_in_store)
		finish(c, CHANGE_PENDING, why);
}

static int read_work(sqlite3 *db, void *data)
{
	struct carried *c = data;

	return wanted_db_change(db, c->p->zones, c->id, &c->wanted);
}

/** An address whose hosted name goes has the one that Knot makes, but at the very top of a zone. */
static void show_made(struct carried *c)
{
	struct wanted_change *w = &c->wanted;
	bool goes = ldns_rr_list_rr_count(w->after) == 0 && w->subject.len > w->zone.len;

	if (goes && !is_ours(c->p, &w->zone) && ldns_rr_list_rr_count(c->lost) == 0)
		synthesised_add_ptr(w->shown, &w->subject.addr, c->p->pop);
}

static void give_to_publisher(struct carried *c)
{
	struct publishing *p = c->p;
	char origin[REVERSE_NAME_MAX];
	bool goes = ldns_rr_list_rr_count(c->lost) > 0;

	show_made(c);
	struct publication publication = {
		.id = c->id,
		.origin = reverse_name(&c->wanted.zone, REVERSE_RANGE, origin),
		.before = c->wanted.before,
		.after = c->wanted.after,
		.shown = c->wanted.shown,
		.last_origin = goes ? p->catalog : NULL,
		.last_to_go = synthesised_members(c->lost, p->catalog),
		.is_hidden = goes || ldns_rr_list_rr_count(c->gained) > 0,
		.noted = c->wanted.state == AUDIT_SENT ? CHANGE_SENT : CHANGE_WRITTEN,
		.is_again = c->is_again,
		.on_end = on_published,
		.data = c,
	};

	if (publisher_change(p->publisher, &publication) < 0) {
		ldns_rr_list_deep_free(publication.last_to_go);
		give_up(c, CHANGE_UNREACHED);
		return;
	}
	c->wanted.before = c->wanted.after = c->wanted.shown = NULL; /* taken */
}

static void on_filled(bool is_right, void *data)
{
	struct carried *c = data;

	c->filling = NULL;
	if (is_right)
		give_to_publisher(c);
	else
		give_up(c, CHANGE_UNSERVED);
}

struct filling *publishing_fill(struct publishing *p, const ldns_rr_list *zones, filling_fn on_end, void *data)
{
	return filling_start(&(struct filling_request){
		.publisher = p->publisher,
		.loop = p->loop,
		.catalog = p->catalog,
		.zones = ldns_rr_list_clone(zones),
		.on_end = on_end,
		.data = data,
	});
}

/**
 * A zone that Knot makes names in comes, with the hosted names, before the delegation; it goes after that: a
 * server answers for what it has, delegated or not.
 */
static void publish(struct carried *c)
{
	c->gained = synthesised_zones(c->wanted.after, c->p->pop);
	c->lost = synthesised_zones(c->wanted.before, c->p->pop);
	if (ldns_rr_list_rr_count(c->gained) > 0)
		c->filling = publishing_fill(c->p, c->gained, on_filled, c);
	else
		give_to_publisher(c);
}

static void on_read(void *data, int rc)
{
	struct carried *c = data;
	struct publishing *p = c->p;

	c->is_in_store = false;
	if (rc == 0 && !p->is_closing) {
		publish(c);
	} else if (rc == -EDOM && !p->is_closing) {
		give_up(c, CHANGE_REFUSED); /* the zone is no more in the POP file */
	} else {
		finish(c, CHANGE_PENDING, CHANGE_UNWRITABLE);
	}
	publishing_release(p);
}

int publishing_carry(struct publishing *p, const struct carried *change)
{
	struct carried *c = mem_new(sizeof(*c));

	*c = *change;
	c->p = p;
	int rc = publishing_run(p, read_work, on_read, c);
	if (rc < 0) {
		free(c);
		return rc;
	}
	c->is_in_store = true;
	LIST_INSERT_HEAD(&p->carried, c, next);
	p->n_carried++;
	return 0;
}

int publishing_change(struct publishing *p, int64_t id, publishing_fn on_end, void *data)
{
	return publishing_carry(p, &(struct carried){.id = id, .on_end = on_end, .data = data});
}

void publishing_add_metrics(const struct publishing *p, struct buf *b)
{
	const struct publisher_counters *c = publisher_counters(p->publisher);
	static const char changes[] = "rdnsd_changes_total", zones[] = "rdnsd_zones_compared_total";

	metrics_family(b, changes, METRICS_COUNTER, "Changes on their way into DNS, by how they ended.");
	metrics_u64(b, changes, "end=\"live\"", c->live);
	metrics_u64(b, changes, "end=\"taken back\"", c->failed);
	metrics_u64(b, changes, "end=\"pending\"", c->pending);
	metrics_family(b, "rdnsd_changes_waiting", METRICS_GAUGE, "Changes on their way now.");
	metrics_u64(b, "rdnsd_changes_waiting", "", p->n_carried);
	metrics_family(b, zones, METRICS_COUNTER, "Zones compared with the database, by how that ended.");
	metrics_u64(b, zones, "end=\"right\"", c->reconciled);
	metrics_u64(b, zones, "end=\"unreachable\"", c->unreachable);
	metrics_family(b, "rdnsd_drift_records_total", METRICS_COUNTER,
	               "Records that were not as the database has them, and were repaired.");
	metrics_u64(b, "rdnsd_drift_records_total", "", c->drifted);
}

int publishing_read_key(struct key_file *ret)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char *path = mem_printf("%s/rdnsd.conf", dir != NULL ? dir : ".");
	struct buf text;

	buf_init(&text, KEY_FILE_MAX_BYTES);
	int rc = buf_add_file(&text, path);
	if (rc == 0)
		rc = key_file_parse(buf_text(&text), ret);
	if (rc < 0)
		log_error("%s: no key for updates: %s", path, strerror(-rc));
	buf_done(&text);
	free(path);
	return rc;
}

static struct addr knot_of(const struct pop *pop)
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(pop, all), i = 0;

	while (i < n && strcmp(all[i].service, "authoritative") != 0)
		i++;
	assert(i < n); /* was checked with the POP file */
	return all[i].addr;
}

struct publishing *publishing_new(const struct publishing_config *config)
{
	struct publishing *p = mem_new(sizeof(*p));

	p->loop = config->loop;
	p->store = config->store;
	p->pop = config->pop;
	p->zones = config->zones;
	p->prompting = prompting_new(config->loop, config->prompting_fd);
	p->publisher = publisher_new(&(struct publisher_config){
		.primary = {config->loop, knot_of(config->pop), key_file_key(config->key), p->prompting},
		.data = p,
		.note = on_note,
		.want = on_want,
	});
	(void)synthesised_server(p->pop, p->own);
	(void)synthesised_catalog(p->pop, p->catalog);
	LIST_INIT(&p->carried);
	(void)uv_timer_init(config->loop, &p->round);
	p->round.data = p;
	(void)uv_timer_start(&p->round, publishing_round, 0, PUBLISHING_ROUND_MS);
	p->n_holds = 3; /* the timer, the publisher, prompting */
	return p;
}

static void on_timer_closed(uv_handle_t *handle)
{
	publishing_release(handle->data);
}

static void on_prompting_closed(void *data)
{
	publishing_release(data);
}

static void on_publisher_closed(void *data)
{
	struct publishing *p = data;

	prompting_close(p->prompting, on_prompting_closed, p);
	publishing_release(p);
}

void publishing_close(struct publishing *p, void (*on_closed)(void *data), void *data)
{
	struct carried *c = LIST_FIRST(&p->carried);

	p->is_closing = true;
	p->on_closed = on_closed;
	p->closed_data = data;
	publisher_close(p->publisher, on_publisher_closed, p);
	uv_close((uv_handle_t *)&p->round, on_timer_closed);
	if (p->import.filling != NULL)
		filling_cancel(p->import.filling);
	while (c != NULL) {
		struct carried *next = LIST_NEXT(c, next);
		if (!c->is_in_store)
			drop(c);
		c = next;
	}
}
