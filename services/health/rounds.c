/*
 * Happy path: a tick each second; each socket that is due and not being asked still is asked by a worker thread of
 * libuv, for all that it does is wait; on the loop, the model takes what was found. Then addresses are renewed, or
 * let go. When this process is held up for longer than a lease lasts, it knows nothing any more when it goes on.
 */
/* SPDX-License-Identifier: MIT */
#include "health/rounds.h"

#include "base/log.h"
#include "base/mem.h"
#include "health/speed.h"

#include <errno.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TICK_MS = 1000,
	LIMIT_MS = 900, /* of a question: none is on its way when the next is due */
	TURNS = 2,
	TURNS_SILENT = 8,
	SILENT_MS = LIMIT_MS / 2,
	CHAIN_MS = 50, /* of some, one after the other */
	AWAY_MS = LEASE_S * 1000,
	ALIVE_TICKS = 20,
	JOURNAL_TICKS = 5,
	SPEED_FIRST_TICK = 60,
	SPEED_TICKS = 3600,
};

struct asking {
	uv_work_t work;
	struct rounds *rounds;
	size_t socket;
	struct asking *next; /* of the same work */
	SSL_SESSION *session;
	bool is_busy, was_asked;
	uint64_t took_ms;
	struct finding finding;
};

struct speed_test {
	uv_work_t work;
	struct rounds *rounds;
	double bps[2]; /* 0: none was made */
};

struct rounds {
	struct rounds_config config;
	struct prober prober;
	uv_timer_t timer;
	struct asking askings[PROBE_SOCKETS_MAX];
	struct speed_test speed;
	unsigned n_busy, n_ticks;
	uint64_t last_ms; /* tick */
	struct rounds_counters counters;
	bool is_closing;
	void (*on_closed)(void *data);
	void *data;
};

/** One job of the store. */
struct note {
	int64_t now_s;
	double bps[2];
};

static struct model_time now(const struct rounds *r)
{
	return (struct model_time){.ms = uv_now(r->config.loop), .s = (int64_t)time(NULL)};
}

static int note_alive(sqlite3 *db, void *data)
{
	const struct note *n = data;

	return health_db_alive(db, n->now_s);
}

static int note_speed(sqlite3 *db, void *data)
{
	static const char *const families[] = {"ipv4", "ipv6"};
	const struct note *n = data;
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++)
		if (n->bps[i] > 0)
			rc = health_db_add_rate(db, n->now_s, families[i], n->bps[i]);
	return rc;
}

static void on_noted(void *data, int rc)
{
	(void)rc; /* was logged */
	free(data);
}

static void note(struct rounds *r, store_work work, const double bps[2])
{
	struct note *n = mem_new(sizeof(*n));

	n->now_s = (int64_t)time(NULL);
	if (bps != NULL)
		memcpy(n->bps, bps, sizeof(n->bps));
	if (store_run(r->config.store, work, on_noted, n) < 0)
		free(n);
}

/** @to: ANNOUNCED_NOT for all, or NULL for each as it is to be. */
static void set_leases(struct rounds *r, const enum announced *to)
{
	const struct model *m = r->config.model;

	for (size_t i = 0; i < m->n_addresses && r->config.leases != NULL; i++) {
		const struct model_address *a = &m->addresses[i];
		char text[ADDR_TEXT_MAX];
		enum announced how = to != NULL ? *to : a->announce.now;
		int rc = leases_set(r->config.leases, &a->addr, a->prefix_len, how);
		if (rc < 0)
			log_error("%s: cannot be announced, or taken back: %s", addr_text(&a->addr, text),
			          strerror(-rc));
	}
}

void rounds_announce(struct rounds *r)
{
	model_announce(r->config.model, now(r));
	set_leases(r, NULL);
}

static void on_timer_closed(uv_handle_t *timer)
{
	struct rounds *r = timer->data;
	void (*on_closed)(void *data) = r->on_closed;
	void *data = r->data;

	for (size_t i = 0; i < r->config.model->n_sockets; i++)
		SSL_SESSION_free(r->askings[i].session);
	prober_done(&r->prober);
	free(r);
	on_closed(data);
}

static void end_work(struct rounds *r)
{
	if (--r->n_busy == 0 && r->is_closing)
		uv_close((uv_handle_t *)&r->timer, on_timer_closed);
}

static void start_work(struct rounds *r, uv_work_t *work, uv_work_cb on_work, uv_after_work_cb on_done)
{
	r->n_busy++;
	(void)uv_queue_work(r->config.loop, work, on_work, on_done); /* fails without on_work only */
}

/** One socket after the other, up to the first that is not well or takes long. */
static void on_ask(uv_work_t *work)
{
	uint64_t all_ms = 0;
	bool goes_on = true;

	for (struct asking *a = work->data; a != NULL && goes_on; a = a->next) {
		struct rounds *r = a->rounds;
		const uint64_t began_ns = uv_hrtime();
		probe(&r->prober, &r->config.model->sockets[a->socket].endpoint, &a->session, &a->finding);
		a->was_asked = true;
		a->took_ms = (uv_hrtime() - began_ns) / 1000000;
		all_ms += a->took_ms;
		goes_on = a->finding.is_up && all_ms < CHAIN_MS;
	}
}

static void on_asked(uv_work_t *work, int status);

static void start_asking(struct asking *first)
{
	if (first != NULL)
		start_work(first->rounds, &first->work, on_ask, on_asked);
}

static void take(struct rounds *r, struct asking *a)
{
	const struct model_service *s = &r->config.model->services[r->config.model->sockets[a->socket].service];
	enum health before = s->health;

	a->is_busy = false;
	r->counters.asked++;
	r->counters.bad += !a->finding.is_up;
	model_take(r->config.model, a->socket, &a->finding, now(r));
	if (s->health != before)
		rounds_announce(r);
}

/** What was not asked has waited for another one, and waits for none any more. */
static void on_asked(uv_work_t *work, int status)
{
	struct asking *a = work->data, *next;
	struct rounds *r = a->rounds;

	(void)status; /* nobody cancels it */
	for (; a != NULL && !r->is_closing; a = next) {
		next = a->next;
		a->next = NULL;
		if (a->was_asked)
			take(r, a);
		else
			start_asking(a);
	}
	end_work(r);
}

static void on_measure(uv_work_t *work)
{
	struct speed_test *t = work->data;

	speed_measure(t->rounds->prober.pop, t->bps);
}

static void on_measured(uv_work_t *work, int status)
{
	struct speed_test *t = work->data;
	struct rounds *r = t->rounds;

	(void)status;
	memcpy(r->counters.speed_bps, t->bps, sizeof(t->bps));
	r->counters.speed_s = (int64_t)time(NULL);
	if (!r->is_closing)
		note(r, note_speed, t->bps);
	end_work(r);
}

static bool is_well(const struct model_socket *s)
{
	return s->steady.health >= HEALTH_HELD && s->finding.is_up;
}

/**
 * What is not known to be well is asked each second; what is known not to be, and lets questions wait, less often:
 * where all is slow, as at a start, questions would keep it so. Else sockets take turns, so that each second a service
 * is asked over one family or the other. Where only one socket's answers become wrong, that is asked after two
 * seconds at most, then once a second, and an answer counts as missing after LIMIT_MS: three take 2 + 1 + 1 + 0.9 =
 * 4.9 seconds.
 */
static bool is_due(const struct rounds *r, size_t i)
{
	const struct model_socket *s = &r->config.model->sockets[i];
	const struct asking *a = &r->askings[i];
	unsigned turns = 1;

	if (a->is_busy)
		return false;
	if (is_well(s))
		turns = TURNS;
	else if (s->steady.health == HEALTH_DOWN && !s->finding.is_up && a->took_ms >= SILENT_MS)
		turns = TURNS_SILENT;
	return (r->n_ticks + i) % turns == 0;
}

/** Those of a service that are well are one work: to wake a thread costs more than a question. */
static void ask(struct rounds *r)
{
	const struct model_socket *sockets = r->config.model->sockets;
	struct asking *first = NULL, *last = NULL; /* of those for one thread */

	for (size_t i = 0; i < r->config.model->n_sockets; i++) {
		struct asking *a = &r->askings[i];
		if (!is_due(r, i))
			continue;
		a->is_busy = true;
		a->was_asked = false;
		if (last != NULL && is_well(&sockets[i]) && is_well(&sockets[last->socket]) &&
		    sockets[i].service == sockets[last->socket].service) {
			last->next = a;
		} else {
			start_asking(first);
			first = a;
		}
		last = a;
	}
	start_asking(first);
	if (r->n_ticks % SPEED_TICKS == SPEED_FIRST_TICK && r->prober.pop->services->speedtest != NULL)
		start_work(r, &r->speed.work, on_measure, on_measured);
}

static void on_tick(uv_timer_t *timer)
{
	struct rounds *r = timer->data;
	struct model_time t = now(r);

	if (t.ms - r->last_ms > AWAY_MS && r->n_ticks > 0) {
		log_warn("health: was held up for %u ms: all is asked anew", (unsigned)(t.ms - r->last_ms));
		model_forget(r->config.model, t);
	}
	r->last_ms = t.ms;
	rounds_announce(r);
	ask(r);
	if (r->n_ticks % JOURNAL_TICKS == 0)
		journal_write(r->config.journal);
	if (r->n_ticks++ % ALIVE_TICKS == 0)
		note(r, note_alive, NULL);
}

int rounds_start(const struct rounds_config *config, struct rounds **ret)
{
	struct rounds *r = mem_new(sizeof(*r));
	int rc = prober_init(&r->prober, config->model->pop, LIMIT_MS);

	if (rc < 0) {
		free(r);
		return rc;
	}
	r->config = *config;
	for (size_t i = 0; i < config->model->n_sockets; i++) {
		r->askings[i] = (struct asking){.rounds = r, .socket = i};
		r->askings[i].work.data = &r->askings[i];
	}
	r->speed.rounds = r;
	r->speed.work.data = &r->speed;
	(void)uv_timer_init(config->loop, &r->timer); /* neither fails */
	r->timer.data = r;
	(void)uv_timer_start(&r->timer, on_tick, 0, TICK_MS);
	*ret = r;
	return 0;
}

void rounds_close(struct rounds *r, void (*on_closed)(void *data), void *data)
{
	const enum announced nothing = ANNOUNCED_NOT;

	r->is_closing = true;
	r->on_closed = on_closed;
	r->data = data;
	(void)uv_timer_stop(&r->timer);
	set_leases(r, &nothing);
	r->n_busy++; /* ourselves */
	end_work(r);
}

const struct rounds_counters *rounds_counters(const struct rounds *r)
{
	return &r->counters;
}
