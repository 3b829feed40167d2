/*
 * look() takes what is due out of the database, as much as there is room for; each goes to checking.h, and what
 * comes of it by rechecking_note() back into the database. When half are done, or after some seconds, it looks again.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/rechecking.h"

#include "base/json_write.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/utc.h"
#include "rdns/members_db.h"
#include "rdns/synthesised.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct look {
	struct rechecking *owner;
	int64_t at;
	size_t max, n;
	struct delegated *due[RECHECKING_MAX]; /* owned */
	uint64_t n_in_state[RDNS_STATES];
};

/** A result on its way into the database. */
struct noting {
	struct rechecking *owner;
	uint32_t asn;
	struct delegated *d;
	struct check_result result;
	struct checks_note note;
};

/** A check under way: what it is of. */
struct going {
	struct rechecking *owner;
	uint32_t asn; /* who waits for it; 0: it was due */
	struct delegated *d;
	struct going *next;
};

struct rechecking {
	struct rechecking_config config;
	int64_t interval_s;
	uv_timer_t timer;
	struct going *going;
	size_t n_due, n_jobs; /* under way: of those that are due, and of the store */
	bool is_looking, was_full;
	uint64_t n_in_state[RDNS_STATES], n_broke, n_mended, n_unwritable;
	bool is_closing;
	void (*on_closed)(void *data);
	void *on_closed_data;
};

static void look(struct rechecking *r);

static void on_timer_closed(uv_handle_t *handle)
{
	struct rechecking *r = handle->data;

	if (r->on_closed != NULL)
		r->on_closed(r->on_closed_data);
	free(r);
}

static void close_if_idle(struct rechecking *r)
{
	if (r->is_closing && r->n_jobs == 0 && !uv_is_closing((uv_handle_t *)&r->timer))
		uv_close((uv_handle_t *)&r->timer, on_timer_closed);
}

static void free_going(struct going *g)
{
	delegated_free(g->d);
	free(g);
}

static void forget(struct going *g)
{
	struct going **at = &g->owner->going;

	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	g->owner->n_due -= g->asn == 0;
	free_going(g);
}

static void on_checked(const struct check_result *result, void *data)
{
	struct going *g = data;
	struct rechecking *r = g->owner;

	if (result != NULL)
		rechecking_note(r, g->asn, g->d, result);
	forget(g);
	if (r->was_full && r->n_due <= RECHECKING_MAX / 2)
		look(r);
}

/** @d is taken. Return: as checking_start(). */
static int start(struct rechecking *r, uint32_t asn, struct delegated *d)
{
	struct going *g = mem_new(sizeof(*g));

	*g = (struct going){.owner = r, .asn = asn, .d = d, .next = r->going};
	r->going = g;
	r->n_due += asn == 0;
	int rc = checking_start(r->config.checking, asn, d, on_checked, g);
	if (rc < 0)
		forget(g);
	return rc;
}

static int look_work(sqlite3 *db, void *data)
{
	struct look *l = data;
	int rc = checks_db_take(db, l->at, l->owner->interval_s, l->due, l->max, &l->n);

	return rc == 0 ? checks_db_count(db, l->n_in_state) : rc;
}

static void on_looked(void *data, int rc)
{
	struct look *l = data;
	struct rechecking *r = l->owner;

	r->n_jobs--;
	r->is_looking = false;
	r->n_unwritable += rc < 0;
	if (rc == 0)
		memcpy(r->n_in_state, l->n_in_state, sizeof(r->n_in_state));
	r->was_full = rc == 0 && l->n == l->max;
	for (size_t i = 0; i < l->n; i++) {
		bool is_others = !synthesised_is(l->due[i], r->config.pop); /* else it is our own server */
		if (rc == 0 && !r->is_closing && is_others)
			(void)start(r, 0, l->due[i]); /* or its turn comes again */
		else
			delegated_free(l->due[i]);
	}
	free(l);
	close_if_idle(r);
}

static void look(struct rechecking *r)
{
	if (r->is_looking || r->is_closing || r->n_due >= RECHECKING_MAX)
		return;
	struct look *l = mem_new(sizeof(*l));
	*l = (struct look){.owner = r, .at = time(NULL), .max = RECHECKING_MAX - r->n_due};
	if (store_run(r->config.store, look_work, on_looked, l) < 0) {
		free(l);
		return;
	}
	r->is_looking = true;
	r->n_jobs++;
}

static void on_time(uv_timer_t *timer)
{
	look(timer->data);
}

struct rechecking *rechecking_new(const struct rechecking_config *config)
{
	enum { HOUR_S = 3600 };
	struct rechecking *r = mem_new(sizeof(*r));

	r->config = *config;
	r->interval_s = (int64_t)config->pop->services->rdns->recheck_hours * HOUR_S;
	(void)uv_timer_init(config->loop, &r->timer);
	r->timer.data = r;
	(void)uv_timer_start(&r->timer, on_time, 0, RECHECKING_LOOK_MS);
	return r;
}

int rechecking_try(struct rechecking *r, uint32_t asn, const struct delegated *d)
{
	return start(r, asn, delegated_copy(d));
}

static int note_work(sqlite3 *db, void *data)
{
	struct noting *n = data;
	struct member m = {.id = 0};
	int rc = n->asn == 0 ? 0 : members_db_find(db, n->asn, &m);

	n->note.member = m.id;
	return rc < 0 ? rc : checks_db_note(db, &n->note);
}

/** {"event","pop","prefix","asn","at","problems"}, for free(). */
static char *event_text(const struct noting *n, const char *prefix)
{
	yyjson_doc *summary = yyjson_read(n->result.summary, strlen(n->result.summary), 0);
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *o = yyjson_mut_obj(doc);
	char when[UTC_TEXT_MAX];

	json_add_text(doc, o, "event", n->note.turn == CHECKS_BROKE ? "broken" : "mended");
	json_add_text(doc, o, "pop", n->owner->config.pop->site->name);
	json_add_text(doc, o, "prefix", prefix);
	yyjson_mut_obj_add_uint(doc, o, "asn", n->note.asn);
	json_add_text(doc, o, "at", utc_text(n->note.at, when));
	yyjson_val *problems_found = yyjson_obj_get(yyjson_doc_get_root(summary), "problems");
	yyjson_mut_obj_add_val(doc, o, "problems", yyjson_val_mut_copy(doc, problems_found));
	yyjson_doc_free(summary);
	return json_take(doc, o);
}

static void tell_turn(const struct noting *n)
{
	struct rechecking *r = n->owner;
	char prefix[PREFIX_TEXT_MAX];
	bool is_broken = n->note.turn == CHECKS_BROKE;

	(void)prefix_text(&n->d->prefix, prefix);
	r->n_broke += is_broken;
	r->n_mended += !is_broken;
	log_warn("the delegation of %s (AS%u) is %s", prefix, n->note.asn, is_broken ? "broken" : "mended");
	if (r->config.webhook != NULL)
		webhook_tell(r->config.webhook, event_text(n, prefix));
}

static void on_noted(void *data, int rc)
{
	struct noting *n = data;
	struct rechecking *r = n->owner;

	r->n_jobs--;
	r->n_unwritable += rc < 0 && rc != -ENOENT;
	if (rc == 0 && n->note.turn != CHECKS_SAME)
		tell_turn(n);
	check_result_done(&n->result);
	delegated_free(n->d);
	free(n);
	close_if_idle(r);
}

void rechecking_note(struct rechecking *r, uint32_t asn, const struct delegated *d, const struct check_result *result)
{
	struct noting *n = mem_new(sizeof(*n));

	n->owner = r;
	n->asn = asn;
	n->d = delegated_copy(d);
	check_result_copy(result, &n->result);
	n->note = (struct checks_note){.d = n->d, .result = &n->result, .at = time(NULL), .interval_s = r->interval_s};
	r->n_jobs++;
	int rc = store_run(r->config.store, note_work, on_noted, n);
	if (rc < 0)
		on_noted(n, rc);
}

void rechecking_add_metrics(const struct rechecking *r, struct buf *b)
{
	static const char *const labels[RDNS_STATES] = {"state=\"pending\"", "state=\"live\"", "state=\"broken\""};

	metrics_family(b, "rdnsd_delegations", METRICS_GAUGE, "Delegated prefixes, by state.");
	for (unsigned i = 0; i < RDNS_STATES; i++)
		metrics_u64(b, "rdnsd_delegations", labels[i], r->n_in_state[i]);
	metrics_family(b, "rdnsd_delegations_turned_total", METRICS_COUNTER, "Delegations that broke, or were mended.");
	metrics_u64(b, "rdnsd_delegations_turned_total", "to=\"broken\"", r->n_broke);
	metrics_u64(b, "rdnsd_delegations_turned_total", "to=\"live\"", r->n_mended);
	metrics_family(b, "rdnsd_checks_unwritable_total", METRICS_COUNTER, "Results of checks that were not stored.");
	metrics_u64(b, "rdnsd_checks_unwritable_total", "", r->n_unwritable);
	if (r->config.webhook == NULL)
		return;
	struct webhook_counters c = webhook_counters(r->config.webhook);
	metrics_family(b, "rdnsd_webhook_total", METRICS_COUNTER, "Events for the webhook, by what became of them.");
	metrics_u64(b, "rdnsd_webhook_total", "outcome=\"told\"", c.told);
	metrics_u64(b, "rdnsd_webhook_total", "outcome=\"failed\"", c.failed);
	metrics_u64(b, "rdnsd_webhook_total", "outcome=\"dropped\"", c.dropped);
}

void rechecking_close(struct rechecking *r, void (*on_closed)(void *data), void *data)
{
	r->is_closing = true;
	r->on_closed = on_closed;
	r->on_closed_data = data;
	for (struct going *g = r->going, *next; g != NULL; g = next) {
		next = g->next;
		free_going(g);
	}
	close_if_idle(r);
}
