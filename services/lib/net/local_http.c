/* SPDX-License-Identifier: MIT */
#include "net/local_http.h"

#include "sys/daemon.h"

#include <signal.h>

int local_http_take(struct local_http *h, const char *const paths[LOCAL_HTTP_SOCKETS])
{
	int rc = 0;

	for (unsigned i = 0; i < LOCAL_HTTP_SOCKETS && rc == 0; i++)
		rc = sockets_take_unix(paths[i], &h->sockets[i]);
	return rc;
}

static void on_server_closed(void *data)
{
	struct local_http *h = data;

	if (--h->n_open == 0)
		h->config.on_closed(h->config.owner);
}

/** Once is enough. */
static void stop(struct local_http *h)
{
	if (uv_is_closing((uv_handle_t *)&h->sigterm))
		return;
	daemon_stopping();
	uv_close((uv_handle_t *)&h->sigterm, NULL);
	uv_close((uv_handle_t *)&h->sigint, NULL);
	for (unsigned i = 0; i < LOCAL_HTTP_SOCKETS; i++)
		http_server_close(h->servers[i], h->config.grace_ms, on_server_closed, h);
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

/** None of it fails: the loop has made what it needs. To say that it lives does not keep it alive. */
static void watch(struct local_http *h, uv_loop_t *loop)
{
	uint64_t interval_ms = daemon_alive_interval_ms();

	h->sigterm.data = h->sigint.data = h;
	(void)uv_signal_init(loop, &h->sigterm);
	(void)uv_signal_init(loop, &h->sigint);
	(void)uv_signal_start(&h->sigterm, on_signal, SIGTERM);
	(void)uv_signal_start(&h->sigint, on_signal, SIGINT);
	(void)uv_timer_init(loop, &h->alive);
	uv_unref((uv_handle_t *)&h->alive);
	if (interval_ms > 0)
		(void)uv_timer_start(&h->alive, on_alive, 0, interval_ms);
}

static int start(struct local_http *h, uv_loop_t *loop, const struct local_http_config *config)
{
	int rc = 0;

	h->config = *config;
	watch(h, loop);
	for (unsigned i = 0; i < LOCAL_HTTP_SOCKETS; i++) {
		const struct sockets *s = &h->sockets[i];
		h->http[i] = (struct http_config){.tables = config->tables[i],
		                                  .max_conns = config->max_conns,
		                                  .rate = {config->requests_per_second, config->requests_per_second},
		                                  .timeouts = http_timeouts_default,
		                                  .data = config->data[i]};
		h->servers[i] = http_server_new(loop, &h->http[i], &h->counters[i]);
		h->n_open++;
		for (size_t k = 0; rc == 0 && k < s->n; k++)
			rc = http_server_listen(h->servers[i], s->fds[k], NULL);
	}
	return rc;
}

int local_http_serve(struct local_http *h, uv_loop_t *loop, const struct local_http_config *config, const char *status)
{
	int rc = start(h, loop, config);

	if (rc == 0)
		daemon_ready(status);
	else
		stop(h);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&h->alive, NULL);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	return rc;
}

int local_http_run(uv_loop_t *loop, int (*run)(void *owner), void *owner)
{
	int rc = uv_loop_init(loop);

	if (rc < 0)
		return rc;
	rc = run(owner);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	int close_rc = uv_loop_close(loop);
	return rc < 0 ? rc : close_rc;
}

void local_http_done(struct local_http *h)
{
	for (unsigned i = 0; i < LOCAL_HTTP_SOCKETS; i++)
		sockets_close(&h->sockets[i]);
}
