/* mirrord: fetches, verifies and publishes mirrors of projects. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/mem.h"
#include "mirror/api_large.h"
#include "mirror/publication.h"
#include "mirror/traffic.h"
#include "net/local_http.h"
#include "sys/daemon.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const paths[LOCAL_HTTP_SOCKETS] = {"/run/mirrord/control.sock", "/run/mirrord/http.sock"};

enum {
	CONNECTIONS_MAX = 512,
	REQUESTS_PER_SECOND = 1000, /* of one client */
	GRACE_MS = 3000,
};

static const struct http_route *const control_tables[] = {api_routes, api_large_routes, api_metrics_routes, NULL};
static const struct http_route *const public_tables[] = {api_routes, api_large_routes, api_missing_routes, NULL};

struct mirrord {
	struct pop *pop;
	uv_loop_t loop;
	struct local_http http;
	struct api apis[LOCAL_HTTP_SOCKETS];
	char *database;
	struct engine *engine;
	struct auth *auth;
	struct traffic *traffic;
	struct redirect *redirect;
};

static int load_pop(struct mirrord *d, const char *path)
{
	int rc = pop_read(path, &d->pop);

	if (rc < 0)
		return rc;
	if (d->pop->services->mirror == NULL) {
		log_error("%s: services.mirror: missing: add it, or do not start mirrord", path);
		rc = -ENOENT;
	}
	return rc;
}

static int open_state(struct mirrord *d)
{
	const struct pop_mirror *m = d->pop->services->mirror;
	const char *folder = daemon_state_folder();

	if (folder == NULL)
		return -ENOENT;
	int rc = publication_probe(m->root);
	if (rc < 0)
		return rc;
	d->database = mem_printf("%s/mirror.db", folder);
	struct engine_config config = {.mirror = m,
	                               .database = d->database,
	                               .tree = publication_tree(d->pop),
	                               .site = d->pop->site->name,
	                               .neighbours = d->pop->neighbours,
	                               .n_neighbours = d->pop->n_neighbours};
	return engine_open(&config, &d->engine);
}

/** What is left is to run programs that fetch, and to write what they fetched. */
static int enter_sandbox(const struct mirrord *d)
{
	static const char *const read_paths[] = {"/", NULL}; /* a command of the operator may be anywhere */
	const char *const write_paths[] = {d->pop->services->mirror->root, getenv("STATE_DIRECTORY"), "/dev/null",
	                                   "/sys/fs/cgroup", NULL};

	return sandbox_apply(&(struct sandbox){
		.read_paths = read_paths, .write_paths = write_paths, .network = true, .processes = true});
}

static void on_engine_closed(void *data)
{
	struct mirrord *d = data;

	d->engine = NULL;
}

static void on_redirect_closed(void *data)
{
	struct mirrord *d = data;

	engine_close(d->engine, on_engine_closed, d);
}

/** Nobody asks it any more. */
static void on_unasked(void *data)
{
	struct mirrord *d = data;

	traffic_stop(d->traffic);
	redirect_close(d->redirect, on_redirect_closed, d);
}

static int serve(struct mirrord *d)
{
	for (unsigned i = 0; i < LOCAL_HTTP_SOCKETS; i++)
		d->apis[i] = (struct api){.engine = d->engine,
		                          .auth = d->auth,
		                          .traffic = d->traffic,
		                          .redirect = d->redirect,
		                          .is_open = i == LOCAL_HTTP_CONTROL,
		                          .pop = d->pop,
		                          .counters = d->http.counters,
		                          .n_counters = LOCAL_HTTP_SOCKETS};
	return local_http_serve(&d->http, &d->loop,
	                        &(struct local_http_config){.tables = {control_tables, public_tables},
	                                                    .data = {&d->apis[LOCAL_HTTP_CONTROL],
	                                                             &d->apis[LOCAL_HTTP_PUBLIC]},
	                                                    .max_conns = CONNECTIONS_MAX,
	                                                    .requests_per_second = REQUESTS_PER_SECOND,
	                                                    .grace_ms = GRACE_MS,
	                                                    .on_closed = on_unasked,
	                                                    .owner = d},
	                        "mirroring");
}

/** The engine first: whoever asks before it has begun would be told that there is nothing. */
static int run(void *data)
{
	struct mirrord *d = data;
	int rc = engine_start(d->engine, &d->loop);

	if (rc < 0)
		return rc;
	d->auth = auth_new(d->engine);
	traffic_start(d->traffic, &d->loop, d->engine);
	d->redirect = redirect_new(&d->loop, d->pop, d->engine, d->traffic);
	return serve(d);
}

static int open_and_run(struct mirrord *d)
{
	int rc = local_http_take(&d->http, paths);

	if (rc == 0)
		rc = enter_sandbox(d);
	return rc < 0 ? rc : local_http_run(&d->loop, run, d);
}

int main(int argc, char **argv)
{
	struct daemon_options options = {.name = "mirrord", .summary = "Fetch, verify and publish a POP's mirrors."};
	int status = daemon_start(&options, argc, argv);
	if (status >= 0)
		return status;

	struct mirrord *d = mem_new(sizeof(*d));
	int rc = load_pop(d, options.pop_path);
	if (rc == 0)
		rc = open_state(d);
	if (rc == 0) {
		d->traffic = traffic_new(d->pop);
		rc = open_and_run(d);
	}
	if (d->engine != NULL)
		engine_free(d->engine);
	if (d->auth != NULL)
		auth_free(d->auth);
	if (d->traffic != NULL)
		traffic_free(d->traffic);
	local_http_done(&d->http);
	free(d->database);
	if (d->pop != NULL)
		pop_free(d->pop);
	free(d);
	return daemon_end(rc);
}
