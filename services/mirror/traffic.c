/*
 * Happy path: on_tick() reads what has been written, each line of which is counted in a table in memory; some seconds
 * later keep() has that added to the database. Who asks, asks the database, after another keep()
 * (mirror/traffic_answers.h).
 *
 * What cannot be read is counted as that; what cannot be kept is lost, and the log says so.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/traffic.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/origin.h"
#include "mirror/rsync_counter.h"
#include "mirror/traffic_answers.h"
#include "mirror/traffic_log.h"
#include "net/prefix_files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TICK_MS = 500,
	BUSY_MS = 5, /* there is more to read */
	KEEP_EVERY_S = 5,
	HOUR_S = 3600,
};

enum {
	HTTP,
	RSYNC,
	LOGS,
};

static const char *const names[LOGS] = {"http", "rsync"};

struct traffic {
	const struct pop *pop;
	struct traffic_log logs[LOGS];
	uint64_t n_unreadable[LOGS];
	struct traffic_table *table;
	struct rsync_counter *rsync;
	struct prefix_files *origins; /* NULL: no files */
	struct prefix_table *known;   /* of a tick; or NULL */
	struct as_names *names;
	struct engine *engine;
	uv_timer_t timer;
	int64_t hour, day; /* of what is counted, since 1970; day: the last one that was tidied up */
	int64_t kept_s;    /* when */
	bool is_losing;    /* it was said */
	struct traffic_answers *answers;
};

struct traffic *traffic_new(const struct pop *pop)
{
	const struct pop_mirror *m = pop->services->mirror;
	struct traffic *t = mem_new(sizeof(*t));
	char path[64];

	t->pop = pop;
	for (unsigned i = 0; i < LOGS; i++) {
		(void)snprintf(path, sizeof(path), TRAFFIC_FOLDER "%s", names[i]);
		int rc = traffic_log_open(&t->logs[i], path);
		if (rc < 0)
			log_warn("%s: %s: what it is for is not counted; start mirrord after systemd-tmpfiles(8)",
			         path, strerror(-rc));
	}
	t->table = traffic_table_new(m);
	t->rsync = rsync_counter_new(t->table);
	t->names = as_names_new(pop);
	if (m->n_origins > 0)
		t->origins = prefix_files_new(&origin_kind, (const char *const *)m->origins, m->n_origins);
	t->answers = traffic_answers_new(t->names, m->hide_networks);
	return t;
}

void traffic_free(struct traffic *t)
{
	for (unsigned i = 0; i < LOGS; i++)
		traffic_log_close(&t->logs[i]);
	traffic_answers_free(t->answers);
	if (t->origins != NULL)
		prefix_files_free(t->origins);
	as_names_free(t->names);
	rsync_counter_free(t->rsync);
	traffic_table_free(t->table);
	free(t);
}

static uint32_t origin_of(const struct traffic *t, const struct addr *client)
{
	struct origin_match m;

	return t->known != NULL && origin_find(t->known, client, &m) == 0 ? m.asns[0] : TRAFFIC_OTHERS;
}

static void count(struct traffic *t, struct traffic_hit *hit, const struct addr *client)
{
	hit->family = addr_family(client) == AF_INET ? 4 : 6;
	hit->asn = origin_of(t, client);
	traffic_table_count(t->table, hit);
}

static void on_http(void *data, const char *line)
{
	struct traffic *t = data;
	struct traffic_request r;
	struct traffic_hit hit;

	if (line == NULL || traffic_line_http(line, &r) < 0 ||
	    !traffic_table_project(t->table, r.project, &hit.project)) {
		t->n_unreadable[HTTP]++;
		return;
	}
	hit.protocol = r.protocol;
	hit.status = r.status;
	hit.counts = (struct traffic_counts){1, r.bytes};
	count(t, &hit, &r.client);
}

static void on_rsync(void *data, const char *line)
{
	struct traffic *t = data;
	struct traffic_rsync said;
	struct traffic_hit hit;
	struct addr client;

	if (line == NULL || traffic_line_rsync(line, &said) < 0) {
		t->n_unreadable[RSYNC]++;
		return;
	}
	if (said.said == TRAFFIC_FAULT)
		log_warn("rsyncd: %s", strchr(line, ']') + 2);
	if (rsync_counter_take(t->rsync, &said, &hit, &client))
		count(t, &hit, &client);
}

/** Read what there is. Return: whether there is more. */
static bool read_logs(struct traffic *t)
{
	static void (*const on_line[LOGS])(void *data, const char *line) = {on_http, on_rsync};
	bool is_more = false;

	t->known = traffic_origins(t);
	for (unsigned i = 0; i < LOGS; i++)
		is_more = traffic_log_read(&t->logs[i], on_line[i], t) || is_more;
	prefix_table_release(t->known);
	t->known = NULL;
	return is_more;
}

/** What is on its way into the database. */
struct keeping {
	struct traffic *traffic;
	struct traffic_cell *cells;
	size_t n;
	int64_t at_s;
	bool is_new_day;
};

static int write_down(sqlite3 *db, void *data)
{
	const struct keeping *k = data;
	int rc = traffic_db_add(db, k->cells, k->n, k->at_s);

	return rc == 0 && k->is_new_day ? traffic_db_tidy(db, k->at_s) : rc;
}

static void end_keeping(struct keeping *k, int rc)
{
	struct traffic *t = k->traffic;

	if (rc < 0 && !t->is_losing)
		log_error("traffic: what was downloaded cannot be kept, and is lost: %s", strerror(-rc));
	t->is_losing = rc < 0;
	free(k->cells);
	free(k);
}

static void on_written(void *data, int rc)
{
	struct keeping *k = data;
	struct engine *e = k->traffic->engine;

	end_keeping(k, rc);
	engine_settle(e);
}

/** Have what was counted kept, as of its hour. */
static void keep(struct traffic *t)
{
	struct keeping *k = mem_new(sizeof(*k));
	int rc = 0;

	*k = (struct keeping){.traffic = t, .at_s = t->hour * HOUR_S, .is_new_day = t->hour / 24 != t->day};
	t->day = t->hour / 24;
	k->n = traffic_table_take(t->table, &k->cells);
	if (k->n > 0 || k->is_new_day) {
		rc = engine_store(t->engine, write_down, on_written, k);
		if (rc == 0)
			return;
	}
	end_keeping(k, rc);
}

static void on_tick(uv_timer_t *timer)
{
	struct traffic *t = timer->data;
	int64_t now_s = time(NULL);

	if (now_s / HOUR_S != t->hour) {
		keep(t);
		traffic_table_next_hour(t->table);
		t->hour = now_s / HOUR_S;
	}
	bool is_more = read_logs(t);
	if (now_s < t->kept_s || now_s - t->kept_s >= KEEP_EVERY_S) {
		keep(t);
		t->kept_s = now_s;
	}
	(void)uv_timer_start(timer, on_tick, is_more ? BUSY_MS : TICK_MS, 0);
}

void traffic_start(struct traffic *t, uv_loop_t *loop, struct engine *e)
{
	t->engine = e;
	t->hour = time(NULL) / HOUR_S;
	t->timer.data = t;
	(void)uv_timer_init(loop, &t->timer); /* does not fail */
	if (t->origins != NULL)
		prefix_files_watch(t->origins, loop, PREFIX_FILES_LOOK_MS);
	on_tick(&t->timer);
}

void traffic_stop(struct traffic *t)
{
	(void)read_logs(t);
	keep(t);
	uv_close((uv_handle_t *)&t->timer, NULL);
	if (t->origins != NULL)
		prefix_files_unwatch(t->origins);
}

void traffic_ask(struct traffic *t, enum traffic_span span, bool is_operator,
                 void (*on_answer)(void *data, int rc, const char *text), void *data)
{
	if (uv_is_closing((uv_handle_t *)&t->timer)) {
		on_answer(data, -EAGAIN, NULL);
		return;
	}
	if (!traffic_answers_has(t->answers, span, is_operator)) {
		(void)read_logs(t);
		keep(t);
	}
	traffic_answers_ask(t->answers, t->engine, span, is_operator, on_answer, data);
}

struct prefix_table *traffic_origins(const struct traffic *t)
{
	return t->origins != NULL ? prefix_files_get(t->origins) : NULL;
}

void traffic_metrics(const struct traffic *t, struct buf *b)
{
	static const char unreadable[] = "mirrord_traffic_unreadable_total";
	char label[32];

	traffic_table_metrics(t->table, b);
	rsync_counter_metrics(t->rsync, b);
	metrics_family(b, unreadable, METRICS_COUNTER, "Lines about downloads that say nothing.");
	for (unsigned i = 0; i < LOGS; i++) {
		(void)snprintf(label, sizeof(label), "log=\"%s\"", names[i]);
		metrics_u64(b, unreadable, label, t->n_unreadable[i]);
	}
}
