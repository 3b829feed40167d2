/* SPDX-License-Identifier: MIT */
#include "peers/notices.h"

#include "base/mem.h"
#include "base/metrics.h"
#include "net/web_client.h"
#include "peers/courier.h"
#include "peers/lookout.h"
#include "peers/outbox_db.h"
#include "peers/subjects_db.h"
#include "store/db.h"

#include <stdlib.h>
#include <time.h>

struct notices {
	struct telling telling;
	struct store *store;
	struct web_client *client;
	struct lookout *lookout;
	struct courier *courier;
	unsigned n_open; /* of client, lookout and courier */
	void (*on_closed)(void *data);
	void *closed_data;
};

static void on_told(void *data)
{
	notices_look(data);
}

/** What was being sent when it ended is sent now. */
static int begin(const char *database)
{
	sqlite3 *db;
	int rc = db_open(database, notices_migrations, &db);

	if (rc < 0)
		return rc;
	rc = outbox_db_begin(db, (int64_t)time(NULL));
	(void)sqlite3_close(db);
	return rc;
}

int notices_open(const struct pop *pop, const char *database, uv_loop_t *loop, struct notices **ret)
{
	struct notices *n = mem_new(sizeof(*n));
	int rc = begin(database);

	if (rc == 0)
		rc = store_open(loop, database, notices_migrations, &n->store);
	if (rc < 0) {
		free(n);
		return rc;
	}
	n->telling.pop = pop;
	n->client = web_client_new(loop);
	n->courier = courier_start(&(struct courier_config){loop, n->store, n->client, pop});
	n->lookout = lookout_start(&(struct lookout_config){loop, n->store, n->client, &n->telling, on_told, n});
	n->n_open = 3;
	*ret = n;
	return 0;
}

const struct pop *notices_pop(const struct notices *n)
{
	return n->telling.pop;
}

const struct subjects *notices_subjects(const struct notices *n)
{
	return lookout_subjects(n->lookout);
}

struct store *notices_store(const struct notices *n)
{
	return n->store;
}

struct telling *notices_telling(struct notices *n)
{
	return &n->telling;
}

void notices_look(struct notices *n)
{
	courier_look(n->courier);
}

void notices_metrics(const struct notices *n, struct buf *b)
{
	lookout_metrics(n->lookout, b);
	courier_metrics(n->courier, b);
	metrics_family(b, "peerd_notices_queued_total", METRICS_COUNTER, "Messages that were to be sent.");
	metrics_u64(b, "peerd_notices_queued_total", "", n->telling.made);
	metrics_family(b, "peerd_notices_dropped_total", METRICS_COUNTER, "Messages for which too many waited.");
	metrics_u64(b, "peerd_notices_dropped_total", "", n->telling.dropped);
}

static void on_store_closed(void *data)
{
	struct notices *n = data;

	n->on_closed(n->closed_data);
	free(n);
}

static void on_part_closed(void *data)
{
	struct notices *n = data;

	if (--n->n_open == 0)
		store_close(n->store, on_store_closed, n);
}

void notices_close(struct notices *n, void (*on_closed)(void *data), void *data)
{
	n->on_closed = on_closed;
	n->closed_data = data;
	lookout_close(n->lookout, on_part_closed, n);
	courier_close(n->courier, on_part_closed, n);
	web_client_close(n->client, on_part_closed, n);
}
