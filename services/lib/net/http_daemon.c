/* SPDX-License-Identifier: MIT */
#include "net/http_daemon.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "base/pop_json.h"
#include "net/assets.h"
#include "net/http_metrics.h"
#include "net/tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	GRACE_MS = 3000,             /* for requests in progress when we stop */
	DESCRIPTORS_OF_WORKER = 16,  /* its loop's, and a connection that it refuses */
	DESCRIPTORS_OF_PROCESS = 64, /* log, files */
	METRICS_MAX_BYTES = 64 * 1024,
};

static bool is_on(const struct http_daemon *d)
{
	struct pop_service all[POP_SERVICES];
	const struct pop_service *s = all;

	pop_list_services(d->pop, all);
	while (strcmp(s->name, d->service) != 0)
		s++;
	return s->is_on;
}

int http_daemon_load_pop(struct http_daemon *d, const char *path)
{
	int rc = pop_read(path, &d->pop);

	if (rc < 0)
		return rc;
	if (!is_on(d)) {
		log_error("%s: services.%s: missing: add it, or do not start %s", path, d->service, d->name);
		return -ENOENT;
	}
	return 0;
}

static int load_pages(struct http_daemon *d, const char *web)
{
	char *own = mem_printf("%s/%s", web, d->service), *shared = mem_printf("%s/shared", web);
	char *pop = pop_public_json(d->pop);

	d->assets = assets_new();
	int rc = assets_add_dir(d->assets, own, "/");
	if (rc == 0)
		rc = assets_add_dir(d->assets, shared, "/shared/");
	assets_add(d->assets, "/pop.json", "application/json", pop, strlen(pop));
	d->http.assets = d->assets;
	free(pop);
	free(shared);
	free(own);
	return rc;
}

/** The part of @protocol that says how HTTP is spoken; NULL: it is no HTTP. */
static const char *http_of(const char *protocol)
{
	if (strncmp(protocol, "mtu-", 4) == 0)
		protocol += 4;
	return strncmp(protocol, "http", 4) == 0 || strcmp(protocol, "rpm") == 0 ? protocol : NULL;
}

/* Only who speaks TLS gets to see the key. */
static bool needs_certificate(const struct http_daemon *d)
{
	struct pop_endpoint endpoints[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(d->pop, endpoints);

	for (size_t i = 0; i < n; i++) {
		const char *protocol = http_of(endpoints[i].protocol);
		bool is_tls = protocol != NULL && strcmp(protocol, "http") != 0;
		if (is_tls && strcmp(endpoints[i].service, d->service) == 0)
			return true;
	}
	return false;
}

static int load_certificate(struct http_daemon *d, const char *dir)
{
	if (!needs_certificate(d))
		return 0;
	char *certificate = mem_printf("%s/server.crt", dir), *key = mem_printf("%s/server.key", dir);
	int rc = tls_open(certificate, key, false, &d->https);

	if (rc == 0)
		rc = tls_open(certificate, key, true, &d->h2);
	free(certificate);
	free(key);
	return rc;
}

static struct tls *tls_for(const struct http_daemon *d, const char *protocol)
{
	if (strcmp(protocol, "https") == 0)
		return d->https;
	return strcmp(protocol, "rpm") == 0 ? d->h2 : NULL;
}

static int open_sockets(struct http_daemon *d)
{
	struct pop_endpoint endpoints[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(d->pop, endpoints);

	for (size_t i = 0; i < n; i++) {
		const char *protocol = http_of(endpoints[i].protocol);
		if (strcmp(endpoints[i].service, d->service) != 0 || protocol == NULL)
			continue;
		int rc = sockets_open(&endpoints[i].addr, SOCK_STREAM, d->n_workers,
		                      &d->listeners[d->n_listeners].sockets);
		if (rc < 0)
			return rc;
		d->listeners[d->n_listeners].tls = tls_for(d, protocol);
		d->n_listeners++;
	}
	if (d->proxy_path == NULL)
		return 0;
	int rc = sockets_take_unix(d->proxy_path, &d->listeners[d->n_listeners].sockets);
	if (rc == 0 && d->listeners[d->n_listeners].sockets.n > 0)
		d->n_listeners++;
	return rc;
}

/* Whoever comes when no descriptor is left could not even be told so: take fewer connections. */
static void limit_connections(struct http_daemon *d)
{
	unsigned others = DESCRIPTORS_OF_PROCESS + (DESCRIPTORS_OF_WORKER + d->other_descriptors) * d->n_workers;

	for (size_t i = 0; i < d->n_listeners; i++)
		others += (unsigned)d->listeners[i].sockets.n;
	unsigned allowed = daemon_descriptors();
	unsigned most = allowed > others ? (allowed - others) / d->n_workers : 0;
	if (most >= d->http.max_conns)
		return;
	log_warn("%s: max_connections: %u for each of %u workers is more than %u open files allow: "
	         "taking %u; raise LimitNOFILE",
	         d->name, d->http.max_conns, d->n_workers, allowed, most);
	d->http.max_conns = most;
}

int http_daemon_open(struct http_daemon *d, const struct daemon_options *options)
{
	if (d->n_workers == 0)
		d->n_workers = workers_default();
	int rc = load_pages(d, options->web_path);
	if (rc == 0)
		rc = load_certificate(d, options->tls_path);
	if (rc == 0)
		rc = open_sockets(d);
	if (rc == 0)
		limit_connections(d);
	return rc;
}

int http_daemon_confine(const struct http_daemon *d, const struct daemon_options *options, const struct sandbox *s)
{
	size_t n = 0;

	while (s->read_paths != NULL && s->read_paths[n] != NULL)
		n++;
	const char **read_paths = (const char **)mem_new((n + 2) * sizeof(*read_paths));
	if (n > 0)
		memcpy((void *)read_paths, (const void *)s->read_paths, n * sizeof(*read_paths));
	read_paths[n] = d->https != NULL ? options->tls_path : NULL;
	struct sandbox whole = *s;
	whole.read_paths = read_paths;
	int rc = sandbox_apply(&whole);
	free((void *)read_paths);
	return rc;
}

/* Deal the sockets of each address out, so that each is served and each worker has one. */
static int listen_on(struct http_daemon *d, unsigned worker, const struct sockets *s, struct tls *tls)
{
	size_t n = s->n > d->n_workers ? s->n : d->n_workers;

	for (size_t i = worker; i < n; i += d->n_workers) {
		int rc = http_server_listen(d->servers[worker], s->fds[i % s->n], tls);
		if (rc < 0) {
			log_error("%s: listen: %s", d->name, strerror(-rc));
			return rc;
		}
	}
	return 0;
}

int http_daemon_start(struct http_daemon *d, unsigned worker, uv_loop_t *loop)
{
	d->servers[worker] = http_server_new(loop, &d->http, &d->counters[worker]);
	if (worker == 0 && d->https != NULL) { /* one looks for all */
		tls_watch(d->https, loop, TLS_LOOK_MS);
		tls_watch(d->h2, loop, TLS_LOOK_MS);
	}
	for (size_t i = 0; i < d->n_listeners; i++) {
		int rc = listen_on(d, worker, &d->listeners[i].sockets, d->listeners[i].tls);
		if (rc < 0)
			return rc;
	}
	return 0;
}

void http_daemon_stop(struct http_daemon *d, unsigned worker, void (*on_closed)(void *data), void *data)
{
	http_server_close(d->servers[worker], GRACE_MS, on_closed, data);
	if (worker != 0 || d->https == NULL)
		return;
	tls_unwatch(d->https);
	tls_unwatch(d->h2);
}

void http_daemon_reply_page(const struct http_daemon *d, struct http_request *r)
{
	r->path = "/";
	if (!assets_reply(d->assets, r))
		http_reply_status(r, 404);
}

void http_daemon_metrics(const struct http_daemon *d, struct http_request *r,
                         void (*add)(const void *data, struct buf *b), const void *data)
{
	char name[64];
	struct buf text;

	if (!addr_is_loopback(&r->client)) {
		http_reply_status(r, 404);
		return;
	}
	buf_init(&text, METRICS_MAX_BYTES);
	(void)snprintf(name, sizeof(name), "%s_build_info", d->name);
	metrics_family(&text, name, METRICS_GAUGE, "The version that runs.");
	metrics_u64(&text, name, "version=\"" FONTAINE_VERSION "\"", 1);
	http_metrics_write(&text, d->name, d->counters, d->n_workers);
	if (d->https != NULL) {
		(void)snprintf(name, sizeof(name), "%s_certificate_expiry_timestamp_seconds", d->name);
		metrics_family(&text, name, METRICS_GAUGE, "When the certificate expires that visitors see.");
		metrics_u64(&text, name, "", (uint64_t)tls_expires_s(d->https));
	}
	add(data, &text);
	http_reply(r, &(struct http_reply){.status = 200,
	                                   .type = "text/plain; version=0.0.4",
	                                   .body = text.data,
	                                   .body_bytes = text.len});
	buf_done(&text);
}

void http_daemon_release(struct http_daemon *d)
{
	for (size_t i = 0; i < d->n_listeners; i++)
		sockets_close(&d->listeners[i].sockets);
	if (d->https != NULL)
		tls_free(d->https);
	if (d->h2 != NULL)
		tls_free(d->h2);
	if (d->assets != NULL)
		assets_free(d->assets);
	pop_free(d->pop);
}
