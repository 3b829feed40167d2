/*
 * look() takes the delegation that is due the longest out of the database, and visits it; then it takes the
 * next one, as long as there is room. When none is due, the timer looks again.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/following.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct following {
	struct visit_config config;
	uv_timer_t timer;
	struct going *going;
	unsigned n_going, n_hurries, n_jobs; /* jobs: of the store, under way */
	bool is_taking, wants_look;
	struct follow_due due; /* of the job that takes one */
	uint64_t n_visits, n_unreadable;
	uint64_t n_zones[FOLLOW_WHATS][FOLLOW_OUTCOMES];
	bool is_closing;
	void (*on_closed)(void *data);
	void *on_closed_data;
};

/* A visit under way. */
struct going {
	struct following *owner;
	struct visit *visit;
	struct going *next;
};

/* A NOTIFY on its way into the database. */
struct hurry {
	struct following *owner;
	char zone[DELEGATION_NAME_MAX];
};

static void look(struct following *f);

static void on_timer_closed(uv_handle_t *handle)
{
	struct following *f = handle->data;

	if (f->on_closed != NULL)
		f->on_closed(f->on_closed_data);
	free(f);
}

static void close_if_idle(struct following *f)
{
	if (f->is_closing && f->n_jobs == 0 && f->n_going == 0 && !uv_is_closing((uv_handle_t *)&f->timer))
		uv_close((uv_handle_t *)&f->timer, on_timer_closed);
}

static void forget(struct going *g)
{
	struct going **at = &g->owner->going;

	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	g->owner->n_going--;
	free(g);
}

static void on_visited(void *data)
{
	struct going *g = data;
	struct following *f = g->owner;

	forget(g);
	look(f);
}

static void visit(struct following *f)
{
	struct going *g = mem_new(sizeof(*g));

	*g = (struct going){.owner = f, .next = f->going};
	f->going = g;
	f->n_going++;
	f->n_visits++;
	g->visit = visit_start(&f->config, &f->due, on_visited, g);
}

static int take_work(sqlite3 *db, void *data)
{
	struct following *f = data;
	int rc = follow_db_take(db, time(NULL), &f->due);

	/* Nothing is due: there is time to count. */
	return rc == -ENOENT && follow_db_count(db, f->n_zones) < 0 ? -EIO : rc;
}

static void on_taken(void *data, int rc)
{
	struct following *f = data;

	f->n_jobs--;
	f->is_taking = false;
	f->n_unreadable += rc < 0 && rc != -ENOENT;
	if (rc == 0 && f->is_closing)
		delegated_free(f->due.row.delegated);
	else if (rc == 0)
		visit(f);
	if (rc == 0 || f->wants_look)
		look(f);
	close_if_idle(f);
}

static void look(struct following *f)
{
	f->wants_look = f->is_taking;
	if (f->is_closing || f->is_taking || f->n_going >= FOLLOWING_MAX)
		return;
	if (store_run(f->config.store, take_work, on_taken, f) < 0)
		return; /* the timer looks again */
	f->is_taking = true;
	f->n_jobs++;
}

static void on_timer(uv_timer_t *timer)
{
	look(timer->data);
}

struct following *following_new(const struct visit_config *config)
{
	struct following *f = mem_new(sizeof(*f));

	f->config = *config;
	(void)uv_timer_init(config->loop, &f->timer);
	f->timer.data = f;
	(void)uv_timer_start(&f->timer, on_timer, 0, FOLLOWING_LOOK_MS);
	return f;
}

static int hurry_work(sqlite3 *db, void *data)
{
	const struct hurry *h = data;

	return follow_db_hurry(db, h->zone, time(NULL));
}

static void on_hurried(void *data, int rc)
{
	struct hurry *h = data;
	struct following *f = h->owner;

	free(h);
	f->n_jobs--;
	f->n_hurries--;
	if (rc == 0)
		look(f);
	close_if_idle(f);
}

void following_notified(struct following *f, const char *zone)
{
	if (f->is_closing || f->n_hurries == FOLLOWING_HURRIES_MAX)
		return;
	struct hurry *h = mem_new(sizeof(*h));
	h->owner = f;
	(void)snprintf(h->zone, sizeof(h->zone), "%s", zone);
	if (store_run(f->config.store, hurry_work, on_hurried, h) < 0) {
		free(h);
		return;
	}
	f->n_hurries++;
	f->n_jobs++;
}

void following_add_metrics(const struct following *f, struct buf *b)
{
	static const char *const asks[FOLLOW_WHATS] = {"ds", "ns"};
	char labels[64];

	metrics_family(b, "rdnsd_follow_visits_total", METRICS_COUNTER,
	               "Delegations looked at for what their zones ask for.");
	metrics_u64(b, "rdnsd_follow_visits_total", "", f->n_visits);
	metrics_family(b, "rdnsd_follow_zones", METRICS_GAUGE,
	               "Zones by what came of the last look at what they ask for: DS by CDS, name servers by CSYNC.");
	for (unsigned i = 0; i < FOLLOW_WHATS * FOLLOW_OUTCOMES; i++) {
		unsigned w = i / FOLLOW_OUTCOMES, o = i % FOLLOW_OUTCOMES;
		(void)snprintf(labels, sizeof(labels), "asks=\"%s\",outcome=\"%s\"", asks[w], follow_texts[o].id);
		metrics_u64(b, "rdnsd_follow_zones", labels, f->n_zones[w][o]);
	}
	metrics_family(b, "rdnsd_follow_database_errors_total", METRICS_COUNTER,
	               "Times that what is due could not be read.");
	metrics_u64(b, "rdnsd_follow_database_errors_total", "", f->n_unreadable);
}

static void on_visit_closed(void *data)
{
	struct going *g = data;
	struct following *f = g->owner;

	forget(g);
	close_if_idle(f);
}

void following_close(struct following *f, void (*on_closed)(void *data), void *data)
{
	struct going *next;

	f->is_closing = true;
	f->on_closed = on_closed;
	f->on_closed_data = data;
	(void)uv_timer_stop(&f->timer);
	for (struct going *g = f->going; g != NULL; g = next) {
		next = g->next; /* it may be gone at once */
		visit_cancel(g->visit, on_visit_closed, g);
	}
	close_if_idle(f);
}
