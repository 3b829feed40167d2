/* speedtestd: the speed test's server. */
/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "base/mem.h"
#include "base/pop.h"
#include "base/pop_json.h"
#include "net/assets.h"
#include "speedtest/cloudflare.h"
#include "speedtest/gate.h"
#include "speedtest/librespeed.h"
#include "speedtest/ndt7.h"
#include "speedtest/ookla.h"
#include "speedtest/openspeedtest.h"
#include "speedtest/payload.h"
#include "speedtest/queue.h"
#include "speedtest/responsiveness.h"
#include "speedtest/results.h"
#include "speedtest/servers.h"
#include "speedtest/speedtest.h"
#include "sys/daemon.h"
#include "sys/sandbox.h"
#include "sys/sockets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	GRACE_MS = 3000,             /* for requests in progress when we stop */
	DESCRIPTORS_OF_WORKER = 16,  /* its loop's, and a connection that it refuses */
	DESCRIPTORS_OF_PROCESS = 64, /* log, files */
};

static const struct http_route *const tables[] = {
	speedtest_routes,
	queue_routes,
	turn_routes,
	librespeed_routes,
	ndt7_routes,
	servers_routes,
	cloudflare_routes,
	openspeedtest_routes,
	ookla_routes,
	responsiveness_routes,
	results_routes,
	NULL,
};

struct speedtestd {
	struct pop *pop;
	struct assets *assets;
	struct http_config http;
	struct {
		struct sockets sockets;
		struct tls *tls; /* NULL: plain */
	} listeners[POP_ENDPOINTS_MAX];
	size_t n_listeners;
	struct tls *https, *rpm;
	struct http_server *servers[WORKERS_MAX];
	struct results_worker *results[WORKERS_MAX];
	struct speedtest test;
};

static int load_pop(struct speedtestd *d, const char *path)
{
	struct pop_error error;
	int rc = pop_load(path, &d->pop, &error);

	if (rc < 0) {
		log_error("%s:%u:%u: %s: %s", path, error.line, error.column, error.what, error.remedy);
		return rc;
	}
	const struct pop_speedtest *section = d->pop->services->speedtest;
	if (section == NULL) {
		log_error("%s: services.speedtest: missing: add it, or do not start speedtestd", path);
		return -ENOENT;
	}
	d->test.pop = d->pop;
	d->test.gate = gate_new(section);
	turn_init(&d->test.turn, d->pop);
	d->test.results = results_new(d->pop, getenv("STATE_DIRECTORY")); /* systemd.exec(5) */
	d->test.n_workers = section->workers != 0 ? section->workers : workers_default();
	d->http.max_conns = section->max_connections;
	d->http.rate = (struct limit_rate){section->requests_per_second, section->requests_per_second * 5};
	return 0;
}

static int load_pages(struct speedtestd *d, const char *web)
{
	char *own = mem_printf("%s/speedtest", web), *shared = mem_printf("%s/shared", web);
	char *pop = pop_public_json(d->pop);

	d->assets = assets_new();
	int rc = assets_add_dir(d->assets, own, "/");
	if (rc == 0)
		rc = assets_add_dir(d->assets, shared, "/shared/");
	assets_add(d->assets, "/pop.json", "application/json", pop, strlen(pop));
	free(pop);
	free(shared);
	free(own);
	return rc;
}

static int load_certificate(struct speedtestd *d, const char *dir)
{
	char *certificate = mem_printf("%s/server.crt", dir), *key = mem_printf("%s/server.key", dir);
	int rc = tls_open(certificate, key, false, &d->https);

	if (rc == 0)
		rc = tls_open(certificate, key, true, &d->rpm);
	free(certificate);
	free(key);
	return rc;
}

static struct tls *tls_for(const struct speedtestd *d, const char *protocol)
{
	if (strcmp(protocol, "https") == 0)
		return d->https;
	return strcmp(protocol, "rpm") == 0 ? d->rpm : NULL;
}

static int open_sockets(struct speedtestd *d)
{
	struct pop_endpoint endpoints[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(d->pop, endpoints);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(endpoints[i].service, "speedtest") != 0)
			continue;
		int rc = sockets_open(&endpoints[i].addr, SOCK_STREAM, d->test.n_workers,
		                      &d->listeners[d->n_listeners].sockets);
		if (rc < 0)
			return rc;
		d->listeners[d->n_listeners].tls = tls_for(d, endpoints[i].protocol);
		d->n_listeners++;
	}
	return 0;
}

/* Whoever comes when no descriptor is left could not even be told so: take fewer connections. */
static void limit_connections(struct speedtestd *d)
{
	unsigned others = DESCRIPTORS_OF_PROCESS + DESCRIPTORS_OF_WORKER * d->test.n_workers;

	for (size_t i = 0; i < d->n_listeners; i++)
		others += (unsigned)d->listeners[i].sockets.n;
	unsigned allowed = daemon_descriptors();
	unsigned most = allowed > others ? (allowed - others) / d->test.n_workers : 0;
	if (most >= d->http.max_conns)
		return;
	log_warn("speedtestd: max_connections: %u for each of %u workers is more than %u open files allow: "
	         "taking %u; raise LimitNOFILE",
	         d->http.max_conns, d->test.n_workers, allowed, most);
	d->http.max_conns = most;
}

/* Deal the sockets of each address out, so that each is served and each worker has one. */
static int listen_on(struct speedtestd *d, unsigned worker, const struct sockets *s, struct tls *tls)
{
	size_t n = s->n > d->test.n_workers ? s->n : d->test.n_workers;

	for (size_t i = worker; i < n; i += d->test.n_workers) {
		int rc = http_server_listen(d->servers[worker], s->fds[i % s->n], tls);
		if (rc < 0) {
			log_error("speedtestd: listen: %s", strerror(-rc));
			return rc;
		}
	}
	return 0;
}

/* Whoever had sent a result still had it stored. */
static void on_server_closed(void *data)
{
	results_close(data);
}

static void stop_worker(unsigned index, void *data)
{
	struct speedtestd *d = data;

	http_server_close(d->servers[index], GRACE_MS, on_server_closed, d->results[index]);
	if (index != 0)
		return;
	tls_unwatch(d->https);
	tls_unwatch(d->rpm);
}

static int start_worker(uv_loop_t *loop, unsigned index, void *data)
{
	struct speedtestd *d = data;

	d->results[index] = results_open(d->test.results, index, loop);
	d->servers[index] = http_server_new(loop, &d->http, &d->test.counters[index]);
	if (index == 0) {
		tls_watch(d->https, loop, TLS_LOOK_MS);
		tls_watch(d->rpm, loop, TLS_LOOK_MS);
	}
	for (size_t i = 0; i < d->n_listeners; i++) {
		int rc = listen_on(d, index, &d->listeners[i].sockets, d->listeners[i].tls);
		if (rc < 0) {
			stop_worker(index, d);
			return rc;
		}
	}
	return 0;
}

/* All is open: what is left is to accept, to answer, to store results, and to read files that change. */
static int enter_sandbox(const struct speedtestd *d, const char *tls_path)
{
	const char *const *others = results_read_paths(d->test.results);
	size_t n = 0;

	while (others[n] != NULL)
		n++;
	const char **read_paths = (const char **)mem_new((n + 2) * sizeof(*read_paths));
	memcpy((void *)read_paths, (const void *)others, n * sizeof(*read_paths));
	read_paths[n] = tls_path;
	int rc = sandbox_apply(&(struct sandbox){.read_paths = read_paths,
	                                         .write_paths = results_write_paths(d->test.results)});
	free((void *)read_paths);
	return rc;
}

static int run(struct speedtestd *d)
{
	static const struct worker_ops ops = {start_worker, stop_worker};

	return workers_run(d->test.n_workers, &ops, d);
}

static void release(struct speedtestd *d)
{
	for (size_t i = 0; i < d->n_listeners; i++)
		sockets_close(&d->listeners[i].sockets);
	if (d->https != NULL)
		tls_free(d->https);
	if (d->rpm != NULL)
		tls_free(d->rpm);
	if (d->assets != NULL)
		assets_free(d->assets);
	if (d->test.payload.size_bytes > 0)
		payload_done(&d->test.payload);
	if (d->test.gate != NULL)
		gate_free(d->test.gate);
	if (d->test.results != NULL)
		results_free(d->test.results);
	pop_free(d->pop);
	free(d);
}

int main(int argc, char **argv)
{
	struct daemon_options options = {.name = "speedtestd", .summary = "Serve a POP's speed test."};
	int status = daemon_start(&options, argc, argv);
	if (status >= 0)
		return status;

	struct speedtestd *d = mem_new(sizeof(*d));
	d->http = (struct http_config){
		.tables = tables, .timeouts = http_timeouts_default, .data = &d->test};

	int rc = load_pop(d, options.pop_path);
	if (rc == 0)
		rc = load_pages(d, options.web_path);
	if (rc == 0)
		rc = payload_init(&d->test.payload);
	if (rc == 0)
		rc = load_certificate(d, options.tls_path);
	if (rc == 0)
		rc = open_sockets(d);
	if (rc == 0)
		limit_connections(d);
	d->http.assets = d->assets;
	if (rc == 0)
		rc = enter_sandbox(d, options.tls_path);
	if (rc == 0)
		rc = run(d);
	release(d);
	return rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
