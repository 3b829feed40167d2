/* healthd: asks the POP's services how they are, and announces those that are well. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/mem.h"
#include "health/api.h"
#include "net/local_http.h"
#include "store/db.h"
#include "sys/daemon.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const paths[LOCAL_HTTP_SOCKETS] = {"/run/healthd/control.sock", "/run/healthd/http.sock"};

enum {
	CONNECTIONS_MAX = 256,
	REQUESTS_PER_SECOND = 100, /* of one client */
	GRACE_MS = 1000,
	ARENAS = 2, /* of malloc(3): its threads do nothing but wait */
};

static const struct http_route *const control_tables[] = {api_routes, api_control_routes, NULL};
static const struct http_route *const public_tables[] = {api_routes, NULL};

struct healthd {
	struct pop *pop;
	uv_loop_t loop;
	struct local_http http;
	char *database;
	struct model model;
	struct leases leases;
	struct store *store;
	struct journal journal;
	struct rounds *rounds;
	struct api api;
};

static void on_event(const struct model_event *e, void *data)
{
	struct healthd *d = data;

	log_info("%s: %s%s%s", e->name, e->state, *e->reason != '\0' ? ": " : "", e->reason);
	journal_add(&d->journal, e);
}

/** Read what was known before. */
static int open_state(struct healthd *d)
{
	const char *folder = daemon_state_folder();
	sqlite3 *db;

	if (folder == NULL)
		return -ENOENT;
	d->database = mem_printf("%s/health.db", folder);
	model_init(&d->model, d->pop, on_event, d);
	int rc = db_open(d->database, health_migrations, &db);
	if (rc < 0)
		return rc;
	rc = health_db_recall(db, &d->model, (int64_t)time(NULL));
	(void)sqlite3_close(db);
	return rc;
}

/** A thread for each socket that is asked: waiting for one, which is all that they do, holds up no other. */
static void limit_threads(const struct healthd *d)
{
	char n_threads[24];

	(void)snprintf(n_threads, sizeof(n_threads), "%zu", d->model.n_sockets + 2);
	(void)setenv("UV_THREADPOOL_SIZE", n_threads, 1);
	(void)mallopt(M_ARENA_MAX, ARENAS);
}

static int open_sockets(struct healthd *d)
{
	int rc = d->pop->bgp != NULL ? leases_open(&d->leases) : 0;

	return rc == 0 ? local_http_take(&d->http, paths) : rc;
}

static int enter_sandbox(void)
{
	const char *const write_paths[] = {getenv("STATE_DIRECTORY"), NULL};

	return sandbox_apply(&(struct sandbox){.write_paths = write_paths, .network = true});
}

static void on_rounds_closed(void *data)
{
	struct healthd *d = data;

	store_close(d->store, NULL, NULL);
}

/** Nobody asks it any more. */
static void on_unasked(void *data)
{
	struct healthd *d = data;

	rounds_close(d->rounds, on_rounds_closed, d);
}

static int serve(struct healthd *d)
{
	d->api = (struct api){&d->model, d->rounds, d->store, d->http.counters, LOCAL_HTTP_SOCKETS};
	return local_http_serve(&d->http, &d->loop,
	                        &(struct local_http_config){.tables = {control_tables, public_tables},
	                                                    .data = {&d->api, &d->api},
	                                                    .max_conns = CONNECTIONS_MAX,
	                                                    .requests_per_second = REQUESTS_PER_SECOND,
	                                                    .grace_ms = GRACE_MS,
	                                                    .on_closed = on_unasked,
	                                                    .owner = d},
	                        "asking");
}

static int run(void *data)
{
	struct healthd *d = data;
	int rc = store_open(&d->loop, d->database, health_migrations, &d->store);

	if (rc < 0)
		return rc;
	d->journal.store = d->store;
	const struct rounds_config config = {.loop = &d->loop,
	                                     .model = &d->model,
	                                     .store = d->store,
	                                     .journal = &d->journal,
	                                     .leases = d->pop->bgp != NULL ? &d->leases : NULL};
	rc = rounds_start(&config, &d->rounds);
	if (rc < 0) {
		store_close(d->store, NULL, NULL);
		return rc;
	}
	return serve(d);
}

static int open_and_run(struct healthd *d)
{
	int rc = open_sockets(d);

	if (rc == 0)
		rc = enter_sandbox();
	return rc < 0 ? rc : local_http_run(&d->loop, run, d);
}

int main(int argc, char **argv)
{
	struct daemon_options options = {.name = "healthd", .summary = "Ask a POP's services how they are."};
	int status = daemon_start(&options, argc, argv);
	if (status >= 0)
		return status;

	struct healthd *d = mem_new(sizeof(*d));
	int rc = pop_read(options.pop_path, &d->pop);
	if (rc == 0)
		rc = open_state(d);
	if (rc == 0) {
		limit_threads(d);
		rc = open_and_run(d);
	}
	journal_done(&d->journal);
	leases_close(&d->leases);
	local_http_done(&d->http);
	free(d->database);
	if (d->pop != NULL)
		pop_free(d->pop);
	free(d);
	return daemon_end(rc);
}
