/*
 * All that is not one change. A round: take_up_next() until nothing is unfinished, then compare_all(). An
 * import: compare_all() with its changes counted in, then settle_work() for all of them at once.
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

	while (n < p->zones->n) {
		char origin[REVERSE_NAME_MAX];
		(void)reverse_name(&p->zones->zones[n], REVERSE_RANGE, origin);
		if (publisher_reconcile(p->publisher, origin, on_end, p) < 0)
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

static void on_catalogued(bool is_right, void *data)
{
	if (!is_right)
		publishing_look_soon(data);
}

static void finish_import(struct publishing *p, enum change_end end)
{
	publishing_fn on_end = p->import.on_end;
	void *data = p->import.data;

	p->import = (struct import){.n_left = 0};
	(void)publisher_reconcile(p->publisher, p->catalog, on_catalogued, p); /* else in the next round */
	if (end != CHANGE_LIVE)
		(void)compare_all(p, NULL); /* else in the next round */
	on_end(end, CHANGE_UNREACHED, data);
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

static void on_zone_imported(bool is_right, void *data)
{
	struct publishing *p = data;

	p->import.is_right = p->import.is_right && is_right;
	if (--p->import.n_left > 0)
		return;
	if (publishing_run(p, settle_work, on_settled, p) < 0)
		finish_import(p, CHANGE_PENDING);
}

int publishing_import(struct publishing *p, int64_t first, int64_t last, publishing_fn on_end, void *data)
{
	size_t n = p->import.n_left > 0 ? 0 : compare_all(p, on_zone_imported);

	if (n == 0) {
		publishing_look_soon(p);
		return -EBUSY;
	}
	p->import = (struct import){first, last, n, n == p->zones->n, on_end, data};
	return 0;
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
	return p->import.n_left > 0 && id >= p->import.first && id <= p->import.last;
}

static int find_work(sqlite3 *db, void *data)
{
	struct publishing *p = data;

	return change_db_next(db, p->found.id, &p->found);
}

static void end_round(struct publishing *p, int rc)
{
	p->is_in_round = false;
	if (rc == -ENOENT) {
		(void)compare_all(p, NULL);
		(void)publisher_reconcile(p->publisher, p->catalog, NULL, NULL);
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
