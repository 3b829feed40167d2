/*
 * All that is not one change. A round: take_up_next() until nothing is unfinished, then compare_all() and
 * inspect_all(). An import: the zones of the catalog that its changes touch, then compare_all() with its changes
 * counted in, then settle_work() for all of them at once.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/publishing_job.h"

#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/** Return: how many zones are going to be compared. */
static size_t compare_all(struct publishing *p, void (*on_end)(bool is_right, void *data))
{
	size_t n = 0;
	int rc = 0;

	while (n < p->zones->n) {
		char origin[REVERSE_NAME_MAX];
		(void)reverse_name(&p->zones->zones[n], REVERSE_RANGE, origin);
		rc = on_end == NULL ? publisher_inspect(p->publisher, origin, NULL, NULL)
		                    : publisher_reconcile(p->publisher, origin, on_end, p);
		if (rc < 0)
			break;
		n++;
	}
	if (n < p->zones->n)
		log_warn("rdns: %zu zones are compared later: too many wait", p->zones->n - n);
	return n;
}

/** On the store: move every change of the import, or take it back. */
static int settle_work(sqlite3 *db, void *data)
{
	const struct publishing *p = data;
	const struct import *import = &p->import;
	struct audit_change c = {.id = import->first - 1};
	int rc = 0;

	while (rc == 0 && (rc = change_db_next(db, c.id, &c)) == 0 && c.id <= import->last)
		rc = import->is_right ? change_db_move(db, c.id, AUDIT_VERIFIED)
		                      : publishing_take_back(db, c.id);
	return rc == -ENOENT ? 0 : rc;
}

static void forget_import(struct publishing *p)
{
	ldns_rr_list_deep_free(p->import.touched);
	p->import = (struct import){.first = 0};
}

static void end_import(struct publishing *p, enum change_end end)
{
	publishing_fn on_end = p->import.on_end;
	void *data = p->import.data;

	forget_import(p);
	if (end != CHANGE_LIVE)
		(void)compare_all(p, NULL); /* else in the next round */
	on_end(end, CHANGE_UNREACHED, data);
}

static void on_put_back(bool is_right, void *data)
{
	struct publishing *p = data;

	p->import.filling = NULL;
	if (!is_right)
		publishing_look_soon(p);
	end_import(p, p->import.end);
}

static void finish_import(struct publishing *p, enum change_end end)
{
	if (end == CHANGE_LIVE || ldns_rr_list_rr_count(p->import.touched) == 0) {
		end_import(p, end);
		return;
	}
	p->import.end = end;
	p->import.filling = publishing_fill(p, p->import.touched, on_put_back, p);
}

static void on_settled(void *data, int rc)
{
	struct publishing *p = data;
	enum change_end end = p->import.is_right ? CHANGE_LIVE : CHANGE_FAILED;

	if (rc < 0)
		log_error("rdns: an import cannot be noted: %s", strerror(-rc));
	if (!p->is_closing)
		finish_import(p, rc < 0 ? CHANGE_PENDING : end);
	publishing_release(p);
}

static void settle_import(struct publishing *p)
{
	if (publishing_run(p, settle_work, on_settled, p) < 0)
		finish_import(p, CHANGE_PENDING);
}

static void on_zone_imported(bool is_right, void *data)
{
	struct publishing *p = data;

	p->import.is_right = p->import.is_right && is_right;
	if (--p->import.n_left == 0)
		settle_import(p);
}

/** The zones of the catalog are right: now those above. */
static void on_import_filled(bool is_right, void *data)
{
	struct publishing *p = data;

	p->import.filling = NULL;
	p->import.n_left = is_right ? compare_all(p, on_zone_imported) : 0;
	p->import.is_right = p->import.n_left == p->zones->n;
	if (p->import.n_left == 0)
		settle_import(p);
}

static int touch_work(sqlite3 *db, void *data)
{
	const struct publishing *p = data;
	const struct wanted_zone w = {
		.first = p->import.first, .last = p->import.last, .records = p->import.touched};

	return wanted_db_touched(db, p->pop, &w);
}

static void on_touched(void *data, int rc)
{
	struct publishing *p = data;

	if (rc < 0 && !p->is_closing)
		finish_import(p, CHANGE_PENDING);
	else if (p->is_closing)
		log_info("rdns: an import is taken up at the next start");
	else if (ldns_rr_list_rr_count(p->import.touched) == 0)
		on_import_filled(true, p);
	else
		p->import.filling = publishing_fill(p, p->import.touched, on_import_filled, p);
	publishing_release(p);
}

int publishing_import(struct publishing *p, int64_t first, int64_t last, publishing_fn on_end, void *data)
{
	bool is_free = p->import.first == 0;

	if (is_free) {
		p->import = (struct import){
			.first = first, .last = last, .touched = ldns_rr_list_new(), .on_end = on_end, .data = data};
		if (publishing_run(p, touch_work, on_touched, p) == 0)
			return 0;
		forget_import(p);
	}
	publishing_look_soon(p);
	return -EBUSY;
}

static void take_up_next(struct publishing *p);

static void on_taken_up(enum change_end end, enum change_event why, void *data)
{
	struct publishing *p = data;

	static const char *const ends[] = {
		[CHANGE_LIVE] = "live",
		[CHANGE_FAILED] = "taken back",
		[CHANGE_PENDING] = "still to be made",
	};

	(void)why;
	log_info("rdns: change %" PRId64 " was cut off; it is %s now", p->found.id, ends[end]);
	take_up_next(p);
}

/** Somebody waits for it already. */
static bool is_on_its_way(const struct publishing *p, int64_t id)
{
	const struct carried *c;

	LIST_FOREACH(c, &p->carried, next)
	if (c->id == id)
		return true;
	return p->import.first > 0 && id >= p->import.first && id <= p->import.last;
}

static int find_work(sqlite3 *db, void *data)
{
	struct publishing *p = data;

	return change_db_next(db, p->found.id, &p->found);
}

/* Zones of the catalog, one after the other: there may be many. */

static int inspect_work(sqlite3 *db, void *data)
{
	struct publishing *p = data;

	return wanted_db_next_synthesised(db, p->own, p->inspected, p->inspected);
}

static void inspect_next(struct publishing *p);

static void on_inspected(bool is_right, void *data)
{
	(void)is_right; /* else it has been logged */
	inspect_next(data);
}

static void on_next(void *data, int rc)
{
	struct publishing *p = data;

	if (rc == 0 && !p->is_closing)
		rc = publisher_inspect(p->publisher, p->inspected, on_inspected, p);
	if (rc < 0)
		p->is_inspecting = false;
	if (rc < 0 && rc != -ENOENT)
		log_error("rdns: zones with names for all addresses are compared later: %s", strerror(-rc));
	publishing_release(p);
}

static void inspect_next(struct publishing *p)
{
	p->is_inspecting = publishing_run(p, inspect_work, on_next, p) == 0;
}

static void on_catalogued(bool is_right, void *data)
{
	(void)is_right;
	inspect_next(data);
}

static void inspect_all(struct publishing *p)
{
	if (p->is_inspecting)
		return;
	p->inspected[0] = '\0';
	p->is_inspecting = publisher_inspect(p->publisher, p->catalog, on_catalogued, p) == 0;
}

static void end_round(struct publishing *p, int rc)
{
	p->is_in_round = false;
	if (rc == -ENOENT) {
		(void)compare_all(p, NULL);
		inspect_all(p);
	} else {
		log_error("rdns: changes that were cut off are taken up later: %s", strerror(-rc));
	}
}

static void on_found(void *data, int rc)
{
	struct publishing *p = data;
	const struct carried again = {.id = p->found.id, .is_again = true, .on_end = on_taken_up, .data = p};

	bool is_others = rc == 0 && is_on_its_way(p, again.id);
	if (rc == 0 && !is_others && !p->is_closing)
		rc = publishing_carry(p, &again);
	if (rc < 0 && !p->is_closing)
		end_round(p, rc);
	else if (is_others && !p->is_closing)
		take_up_next(p);
	publishing_release(p);
}

static void take_up_next(struct publishing *p)
{
	int rc = publishing_run(p, find_work, on_found, p);

	if (rc < 0)
		end_round(p, rc);
}

void publishing_look_soon(struct publishing *p)
{
	(void)uv_timer_start(&p->round, publishing_round, PUBLISHING_SOON_MS, PUBLISHING_ROUND_MS);
}

void publishing_round(uv_timer_t *timer)
{
	struct publishing *p = timer->data;

	if (p->is_in_round)
		return;
	p->is_in_round = true;
	p->found.id = 0;
	take_up_next(p);
}
