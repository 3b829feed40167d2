/* mirrord: fetches, verifies and publishes mirrors of projects. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/mem.h"
#include "mirror/api.h"
#include "mirror/publication.h"
#include "sys/daemon.h"
#include "sys/sandbox.h"
#include "sys/sockets.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Of one, permissions say who may; to the other nginx passes on, and tokens say it. */
enum {
	CONTROL,
	PUBLIC,
	SOCKETS,
};

static const char *const paths[SOCKETS] = {"/run/mirrord/control.sock", "/run/mirrord/http.sock"};

enum {
	CONNECTIONS_MAX = 512,
	REQUESTS_PER_SECOND = 1000, /* of one client */
	GRACE_MS = 3000,
};

static const struct http_route *const control_tables[] = {api_routes, api_metrics_routes, NULL};
static const struct http_route *const public_tables[] = {api_routes, NULL};

struct mirrord {
	struct pop *pop;
	uv_loop_t loop;
	uv_signal_t sigterm, sigint;
	uv_timer_t alive;
	struct sockets sockets[SOCKETS];
	struct api apis[SOCKETS];
	struct http_config http[SOCKETS];
	struct http_counters counters[SOCKETS];
	struct http_server *servers[SOCKETS];
	unsigned n_servers; /* that are not closed */
	char *database;
	struct engine *engine;
	struct auth *auth;
};

static int load_pop(struct mirrord *d, const char *path)
{
	struct pop_error error;
	int rc = pop_load(path, &d->pop, &error);

	if (rc < 0)
		log_error("%s:%u:%u: %s: %s", path, error.line, error.column, error.what, error.remedy);
	else if (d->pop->services->mirror == NULL)
		log_error("%s: services.mirror: missing: add it, or do not start mirrord", path);
	return rc == 0 && d->pop->services->mirror == NULL ? -ENOENT : rc;
}

static int open_state(struct mirrord *d)
{
	const struct pop_mirror *m = d->pop->services->mirror;
	const char *folder = getenv("STATE_DIRECTORY"); /* systemd.exec(5) */

	if (folder == NULL) {
		log_error("STATE_DIRECTORY: not set: start mirrord by its unit, or set it to a folder of its own");
		return -ENOENT;
	}
	int rc = publication_probe(m->root);
	if (rc < 0)
		return rc;
	d->database = mem_printf("%s/mirror.db", folder);
	struct engine_config config = {.mirror = m,
	                               .database = d->database,
	                               .tree = publication_tree(d->pop),
	                               .site = d->pop->site->name};
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

static int serve(struct mirrord *d)
{
	int rc = 0;

	for (unsigned i = 0; i < SOCKETS; i++) {
		const struct sockets *s = &d->sockets[i];
		d->apis[i] = (struct api){d->engine, d->auth, i == CONTROL, d->pop, d->counters, SOCKETS};
		d->http[i] = (struct http_config){.tables = i == CONTROL ? control_tables : public_tables,
		                                  .max_conns = CONNECTIONS_MAX,
		                                  .rate = {REQUESTS_PER_SECOND, REQUESTS_PER_SECOND},
		                                  .timeouts = http_timeouts_default,
		                                  .data = &d->apis[i]};
		d->servers[i] = http_server_new(&d->loop, &d->http[i], &d->counters[i]);
		d->n_servers++;
		if (rc == 0)
			rc = sockets_take_unix(paths[i], &d->sockets[i]);
		for (size_t k = 0; rc == 0 && k < s->n; k++)
			rc = http_server_listen(d->servers[i], s->fds[k], NULL);
	}
	return rc;
}

static void on_engine_closed(void *data)
{
	struct mirrord *d = data;

	d->engine = NULL;
	uv_close((uv_handle_t *)&d->alive, NULL);
}

/** Nobody asks it any more. */
static void on_server_closed(void *data)
{
	struct mirrord *d = data;

	if (--d->n_servers > 0)
		return;
	engine_close(d->engine, on_engine_closed, d);
}

static void stop(struct mirrord *d)
{
	if (uv_is_closing((uv_handle_t *)&d->sigterm))
		return;
	daemon_stopping();
	uv_close((uv_handle_t *)&d->sigterm, NULL);
	uv_close((uv_handle_t *)&d->sigint, NULL);
	for (unsigned i = 0; i < SOCKETS; i++)
		http_server_close(d->servers[i], GRACE_MS, on_server_closed, d);
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	stop(handle->data);
}

static void on_alive(uv_timer_t *timer)
{
	(void)timer;
	daemon_alive();
}

static void watch(struct mirrord *d)
{
	uint64_t interval_ms = daemon_alive_interval_ms();

	d->sigterm.data = d->sigint.data = d;
	(void)uv_signal_init(&d->loop, &d->sigterm); /* neither fails: the loop has made what they need */
	(void)uv_signal_init(&d->loop, &d->sigint);
	(void)uv_signal_start(&d->sigterm, on_signal, SIGTERM);
	(void)uv_signal_start(&d->sigint, on_signal, SIGINT);
	(void)uv_timer_init(&d->loop, &d->alive);
	if (interval_ms > 0)
		(void)uv_timer_start(&d->alive, on_alive, interval_ms, interval_ms);
}

/** The engine first: whoever asks before it has begun would be told that there is nothing. */
static int run(struct mirrord *d)
{
	int rc = engine_start(d->engine, &d->loop);

	if (rc < 0)
		return rc;
	d->auth = auth_new(d->engine);
	watch(d);
	rc = serve(d);
	if (rc == 0)
		daemon_ready("mirroring");
	else
		stop(d);
	(void)uv_run(&d->loop, UV_RUN_DEFAULT);
	return rc;
}

/** The loop is made in the sandbox: it looks at what it may use there. */
static int open_and_run(struct mirrord *d)
{
	int rc = enter_sandbox(d);

	if (rc == 0)
		rc = uv_loop_init(&d->loop);
	if (rc < 0)
		return rc;
	rc = run(d);
	(void)uv_run(&d->loop, UV_RUN_DEFAULT); /* what a failure has left to close */
	int close_rc = uv_loop_close(&d->loop);
	return rc < 0 ? rc : close_rc;
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
	if (rc == 0)
		rc = open_and_run(d);
	if (d->engine != NULL)
		engine_free(d->engine);
	if (d->auth != NULL)
		auth_free(d->auth);
	for (unsigned i = 0; i < SOCKETS; i++)
		sockets_close(&d->sockets[i]);
	free(d->database);
	if (d->pop != NULL)
		pop_free(d->pop);
	free(d);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
