/*
 * Happy path: the main thread starts the workers and waits until each has said
 * "started", then for a signal; it asks each to stop and joins them.
 *
 * Failures: a worker that cannot start makes all stop. A worker whose loop does
 * not turn does not answer the main thread's question, so the watchdog of the
 * service manager is not fed and the daemon is started anew.
 */
/* SPDX-License-Identifier: MIT */
#include "net/workers.h"

#include "base/log.h"
#include "base/mem.h"
#include "sys/daemon.h"

#include <assert.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

struct crew;

struct worker {
	struct crew *crew;
	unsigned index;
	uv_thread_t thread;
	uv_loop_t loop;
	uv_async_t call; /* main wants something: stop or a sign of life */
	atomic_bool should_stop;
	atomic_uint beats; /* calls answered */
	unsigned beats_seen;
	int rc; /* of start(); the worker's own until it is joined */
};

struct crew {
	const struct worker_ops *ops;
	void *data;
	uv_loop_t loop; /* the main thread's */
	uv_signal_t sigterm, sigint;
	uv_timer_t watchdog;
	uv_async_t news; /* a worker has started or failed */
	atomic_uint n_started;
	atomic_bool failed;
	bool ready;
	unsigned n;
	struct worker workers[];
};

static void on_call(uv_async_t *call)
{
	struct worker *w = call->data;

	atomic_fetch_add(&w->beats, 1);
	if (!atomic_load(&w->should_stop) || uv_is_closing((uv_handle_t *)call))
		return;
	uv_close((uv_handle_t *)call, NULL);
	if (w->rc == 0)
		w->crew->ops->stop(w->index, w->crew->data);
}

static void worker_main(void *arg)
{
	struct worker *w = arg;
	struct crew *crew = w->crew;

	w->rc = crew->ops->start(&w->loop, w->index, crew->data);
	if (w->rc == 0)
		atomic_fetch_add(&crew->n_started, 1);
	else
		atomic_store(&crew->failed, true);
	(void)uv_async_send(&crew->news);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
}

static void stop_main_loop(struct crew *crew)
{
	if (uv_is_closing((uv_handle_t *)&crew->news))
		return;
	daemon_stopping();
	uv_close((uv_handle_t *)&crew->sigterm, NULL);
	uv_close((uv_handle_t *)&crew->sigint, NULL);
	uv_close((uv_handle_t *)&crew->watchdog, NULL);
	uv_close((uv_handle_t *)&crew->news, NULL);
}

static void on_signal(uv_signal_t *handle, int signum)
{
	log_info("stopping: signal %d", signum);
	stop_main_loop(handle->data);
}

static void on_news(uv_async_t *news)
{
	struct crew *crew = news->data;

	if (atomic_load(&crew->failed)) {
		stop_main_loop(crew);
	} else if (!crew->ready && atomic_load(&crew->n_started) == crew->n) {
		crew->ready = true;
		daemon_ready("serving");
		log_info("serving with %u workers", crew->n);
	}
}

static void on_watchdog(uv_timer_t *watchdog)
{
	struct crew *crew = watchdog->data;
	bool alive = true;

	for (unsigned i = 0; i < crew->n; i++) {
		struct worker *w = &crew->workers[i];
		unsigned beats = atomic_load(&w->beats);
		alive = alive && beats != w->beats_seen;
		w->beats_seen = beats;
		(void)uv_async_send(&w->call);
	}
	if (alive)
		daemon_alive();
	else
		log_warn("watchdog: a worker does not answer");
}

static int main_loop_init(struct crew *crew)
{
	uint64_t interval_ms = daemon_alive_interval_ms();
	int rc = uv_loop_init(&crew->loop);

	if (rc < 0)
		return rc;
	(void)uv_signal_init(&crew->loop, &crew->sigterm);
	(void)uv_signal_init(&crew->loop, &crew->sigint);
	(void)uv_timer_init(&crew->loop, &crew->watchdog);
	rc = uv_async_init(&crew->loop, &crew->news, on_news);
	crew->sigterm.data = crew->sigint.data = crew->watchdog.data = crew->news.data = crew;
	if (rc == 0)
		rc = uv_signal_start(&crew->sigterm, on_signal, SIGTERM);
	if (rc == 0)
		rc = uv_signal_start(&crew->sigint, on_signal, SIGINT);
	if (rc == 0 && interval_ms > 0)
		rc = uv_timer_start(&crew->watchdog, on_watchdog, 0, interval_ms);
	return rc;
}

static int worker_init(struct crew *crew, unsigned index)
{
	struct worker *w = &crew->workers[index];
	int rc = uv_loop_init(&w->loop);

	w->crew = crew;
	w->index = index;
	w->beats_seen = UINT_MAX; /* nothing was asked yet: alive */
	if (rc == 0)
		rc = uv_async_init(&w->loop, &w->call, on_call);
	w->call.data = w;
	if (rc == 0)
		rc = uv_thread_create(&w->thread, worker_main, w);
	return rc;
}

/* Return: the first error of a worker, or 0. */
static int worker_join(struct worker *w)
{
	atomic_store(&w->should_stop, true);
	(void)uv_async_send(&w->call);
	(void)uv_thread_join(&w->thread);

	int rc = uv_loop_close(&w->loop);
	assert(rc == 0); /* else a handle was left open */
	return w->rc;
}

int workers_run(unsigned n, const struct worker_ops *ops, void *data)
{
	struct crew *crew = mem_new(sizeof(*crew) + n * sizeof(crew->workers[0]));

	crew->ops = ops;
	crew->data = data;
	crew->n = n;
	int rc = main_loop_init(crew);
	unsigned n_running = 0;
	while (rc == 0 && n_running < n) {
		rc = worker_init(crew, n_running);
		if (rc == 0)
			n_running++;
	}
	if (rc < 0) {
		log_error("workers: %s", uv_strerror(rc));
		stop_main_loop(crew);
	}
	(void)uv_run(&crew->loop, UV_RUN_DEFAULT);
	for (unsigned i = 0; i < n_running; i++) {
		int worker_rc = worker_join(&crew->workers[i]);
		rc = rc < 0 ? rc : worker_rc;
	}
	int close_rc = uv_loop_close(&crew->loop);
	assert(close_rc == 0);
	free(crew);
	return rc;
}

unsigned workers_default(void)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0)
		return 1;
	unsigned n = (unsigned)CPU_COUNT(&cpus);
	return n < WORKERS_MAX ? n : WORKERS_MAX;
}
