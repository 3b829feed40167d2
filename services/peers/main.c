/* peerd: how far it is to other POPs and to chosen targets, and how the exchange's sessions and ports are. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/mem.h"
#include "net/local_http.h"
#include "net/webhook.h"
#include "peers/api.h"
#include "peers/lookout.h"
#include "store/db.h"
#include "sys/daemon.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const paths[LOCAL_HTTP_SOCKETS] = {"/run/peerd/control.sock", "/run/peerd/http.sock"};

enum {
	CONNECTIONS_MAX = 256,
	REQUESTS_PER_SECOND = 100, /* of one client */
	GRACE_MS = 1000,
	READ_PATHS_MAX = 96, /* of which the sources of notices are 64 */
};

enum { TABLES_MAX = 5 };

struct peerd {
	struct pop *pop;
	uv_loop_t loop;
	struct local_http http;
	const struct http_route *tables[LOCAL_HTTP_SOCKETS][TABLES_MAX];
	char *database;      /* of latency */
	struct store *store; /* NULL: it is not measured */
	struct prober *prober;
	char *notices_database;  /* of notices to members */
	struct notices *notices; /* NULL: there are none */
	struct api api;
};

static int load_pop(struct peerd *d, const char *path)
{
	int rc = pop_read(path, &d->pop);

	if (rc < 0)
		return rc;
	if (d->pop->latency == NULL && d->pop->notices == NULL) {
		log_error("%s: neither \"latency\" nor \"notices\" is there: add what is to be done", path);
		rc = -ENOENT;
	}
	return rc;
}

/** Forget what grew old while it did not run. */
static int open_state(struct peerd *d)
{
	const char *folder = daemon_state_folder();
	sqlite3 *db;

	if (folder == NULL)
		return -ENOENT;
	d->notices_database = mem_printf("%s/notices.db", folder);
	if (d->pop->latency == NULL)
		return 0;
	d->database = mem_printf("%s/latency.db", folder);
	int rc = db_open(d->database, latency_migrations, &db);
	if (rc < 0)
		return rc;
	rc = latency_db_trim(db, (int64_t)time(NULL));
	(void)sqlite3_close(db);
	return rc;
}

/** It looks names up, and speaks to web servers: what that needs, and what is read again when it changes. */
static int enter_sandbox(const struct pop *p)
{
	const char *const write_paths[] = {getenv("STATE_DIRECTORY"), NULL};
	const char *read_paths[READ_PATHS_MAX + 1] = {NULL};
	char **watched = p->notices != NULL ? lookout_read_paths(p) : NULL;
	size_t n = 0;

	for (const char *const *path = webhook_read_paths(); *path != NULL && n < READ_PATHS_MAX; path++)
		read_paths[n++] = *path;
	for (char **path = watched; path != NULL && *path != NULL && n < READ_PATHS_MAX; path++)
		read_paths[n++] = *path;
	if (p->notices != NULL && getenv("CREDENTIALS_DIRECTORY") != NULL && n < READ_PATHS_MAX)
		read_paths[n++] = getenv("CREDENTIALS_DIRECTORY");
	int rc = sandbox_apply(
	    &(struct sandbox){.read_paths = read_paths, .write_paths = write_paths, .network = true});
	for (char **path = watched; path != NULL && *path != NULL; path++)
		free(*path);
	free((void *)watched);
	return rc;
}

static int write_round(sqlite3 *db, void *data)
{
	return latency_db_add(db, data);
}

static void on_written(void *data, int rc)
{
	(void)rc; /* was logged */
	free(data);
}

static void on_round(const struct round *r, void *data)
{
	struct peerd *d = data;
	struct round *copy = mem_new(sizeof(*copy));

	*copy = *r;
	if (store_run(d->store, write_round, on_written, copy) < 0) {
		log_warn("latency: %s: a round is not kept: the disk is behind", r->target);
		free(copy);
	}
}

static void on_prober_closed(void *data)
{
	struct peerd *d = data;

	d->prober = NULL;
	store_close(d->store, NULL, NULL);
}

static void on_notices_closed(void *data)
{
	struct peerd *d = data;

	d->notices = NULL;
}

/** Nobody asks it any more. */
static void on_unasked(void *data)
{
	struct peerd *d = data;

	if (d->prober != NULL)
		prober_close(d->prober, on_prober_closed, d);
	if (d->notices != NULL)
		notices_close(d->notices, on_notices_closed, d);
}

/** What is answered at the socket @which. */
static void list_tables(struct peerd *d, unsigned which)
{
	const struct http_route **tables = d->tables[which];

	if (d->prober != NULL)
		*tables++ = api_routes;
	if (d->notices != NULL)
		*tables++ = api_network_routes;
	if (d->notices != NULL && which == LOCAL_HTTP_CONTROL)
		*tables++ = api_notices_routes;
	if (which == LOCAL_HTTP_CONTROL)
		*tables++ = api_control_routes;
	*tables = NULL;
}

static int serve(struct peerd *d)
{
	d->api = (struct api){d->prober, d->store, d->notices, d->http.counters, LOCAL_HTTP_SOCKETS};
	list_tables(d, LOCAL_HTTP_CONTROL);
	list_tables(d, LOCAL_HTTP_PUBLIC);
	return local_http_serve(&d->http, &d->loop,
	                        &(struct local_http_config){.tables = {d->tables[0], d->tables[1]},
	                                                    .data = {&d->api, &d->api},
	                                                    .max_conns = CONNECTIONS_MAX,
	                                                    .requests_per_second = REQUESTS_PER_SECOND,
	                                                    .grace_ms = GRACE_MS,
	                                                    .on_closed = on_unasked,
	                                                    .owner = d},
	                        "watching");
}

static int run(void *data)
{
	struct peerd *d = data;
	int rc = 0;

	if (d->prober != NULL)
		rc = store_open(&d->loop, d->database, latency_migrations, &d->store);
	if (rc < 0)
		return rc;
	if (d->prober != NULL)
		prober_start(d->prober, &(struct prober_config){&d->loop, on_round, d});
	if (d->pop->notices != NULL)
		rc = notices_open(d->pop, d->notices_database, &d->loop, &d->notices);
	if (rc < 0) {
		on_unasked(d);
		return rc;
	}
	return serve(d);
}

static int open_and_run(struct peerd *d)
{
	int rc = local_http_take(&d->http, paths);

	if (d->pop->latency != NULL)
		d->prober = prober_new(d->pop);
	if (rc == 0)
		rc = enter_sandbox(d->pop);
	return rc < 0 ? rc : local_http_run(&d->loop, run, d);
}

int main(int argc, char **argv)
{
	struct daemon_options options = {.name = "peerd",
	                                 .summary = "Measure latency to other POPs, and tell members how they are."};
	int status = daemon_start(&options, argc, argv);
	if (status >= 0)
		return status;

	struct peerd *d = mem_new(sizeof(*d));
	int rc = load_pop(d, options.pop_path);
	if (rc == 0)
		rc = open_state(d);
	if (rc == 0)
		rc = open_and_run(d);
	if (d->prober != NULL) /* it was never started */
		prober_close(d->prober, NULL, NULL);
	local_http_done(&d->http);
	free(d->database);
	free(d->notices_database);
	if (d->pop != NULL)
		pop_free(d->pop);
	free(d);
	return daemon_end(rc);
}
