/*
 * The happy path: the child writes status lines into a pipe until it ends; when both have ended, they are read.
 * A timer looks whether it is cancelled, and whether its time is over: then the child is killed, and ends so.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/gpgv.h"

#include "base/buf.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

enum { LOOK_MS = 100 };

struct gpgv {
	uv_loop_t loop;
	uv_process_t process;
	uv_pipe_t pipe;
	uv_timer_t timer;
	const atomic_bool *is_cancelled;
	uint64_t end_ms;
	int rc;          /* why it was killed */
	unsigned n_open; /* of process and pipe */
	struct buf status;
	char chunk[4096];
};

static void close_one(struct gpgv *g, uv_handle_t *handle)
{
	uv_close(handle, NULL);
	if (--g->n_open == 0)
		uv_close((uv_handle_t *)&g->timer, NULL);
}

static void on_child_end(uv_process_t *process, int64_t status, int by_signal)
{
	(void)status, (void)by_signal; /* the status lines say it */
	close_one(process->data, (uv_handle_t *)process);
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *ret)
{
	struct gpgv *g = handle->data;
	(void)wanted;

	*ret = uv_buf_init(g->chunk, sizeof(g->chunk));
}

static void on_read(uv_stream_t *pipe, ssize_t n, const uv_buf_t *chunk)
{
	struct gpgv *g = pipe->data;

	if (n > 0)
		(void)buf_add(&g->status, chunk->base, (size_t)n); /* what is too much is passed over */
	else if (n < 0)
		close_one(g, (uv_handle_t *)pipe);
}

static void on_look(uv_timer_t *timer)
{
	struct gpgv *g = timer->data;
	bool is_cancelled = g->is_cancelled != NULL && atomic_load(g->is_cancelled);

	if (g->rc != 0 || (!is_cancelled && uv_now(&g->loop) < g->end_ms))
		return;
	g->rc = is_cancelled ? -ECANCELED : -ETIMEDOUT;
	(void)uv_process_kill(&g->process, SIGKILL); /* it may have ended just now */
}

/** With @out as its standard output. */
static int spawn(struct gpgv *g, const char **command, uv_file out)
{
	uv_stdio_container_t stdio[] = {
		{.flags = UV_IGNORE}, {.flags = UV_INHERIT_FD, .data.fd = out}, {.flags = UV_IGNORE}};
	char path[] = "PATH=/usr/bin:/bin", language[] = "LC_ALL=C", home[] = "GNUPGHOME=/nonexistent";
	char *environment[] = {path, language, home, NULL};
	uv_process_options_t options = {.exit_cb = on_child_end,
	                                .file = command[0],
	                                .args = (char **)command,
	                                .env = environment,
	                                .flags = UV_PROCESS_DETACHED,
	                                .stdio_count = 3,
	                                .stdio = stdio};

	return uv_spawn(&g->loop, &g->process, &options);
}

/** Start it, and all that watches it. */
static int start(struct gpgv *g, const char **command)
{
	uv_file ends[2];

	(void)uv_pipe_init(&g->loop, &g->pipe, 0);
	(void)uv_timer_init(&g->loop, &g->timer);
	g->process.data = g->pipe.data = g->timer.data = g;
	g->end_ms = uv_now(&g->loop) + GPGV_LIMIT_MS;
	int rc = uv_pipe(ends, UV_NONBLOCK_PIPE, 0);
	if (rc < 0) {
		g->n_open = 1;
		close_one(g, (uv_handle_t *)&g->pipe);
		return rc;
	}
	(void)uv_pipe_open(&g->pipe, ends[0]); /* which owns it now; of a new pipe it does not fail */
	g->n_open = 2;
	rc = spawn(g, command, ends[1]);
	(void)close(ends[1]);
	if (rc == 0)
		rc = uv_read_start((uv_stream_t *)&g->pipe, on_room, on_read);
	if (rc == 0)
		rc = uv_timer_start(&g->timer, on_look, 0, LOOK_MS);
	if (rc < 0) { /* also what could not be started is to be closed */
		close_one(g, (uv_handle_t *)&g->pipe);
		close_one(g, (uv_handle_t *)&g->process);
	}
	return rc;
}

/** Start it and wait until all of it has ended. Return: 0, or why it was not run to its end. */
static int run(struct gpgv *g, const char **command)
{
	int rc = uv_loop_init(&g->loop);
	if (rc < 0)
		return rc;
	rc = start(g, command);
	(void)uv_run(&g->loop, UV_RUN_DEFAULT);
	int closed = uv_loop_close(&g->loop);
	assert(closed == 0);
	(void)closed;
	return rc < 0 ? rc : g->rc;
}

int gpgv_check(const char *keyring, const char *path, const char *text, const atomic_bool *is_cancelled,
               char ret[SIGNATURE_TEXT_MAX])
{
	const char *command[SIGNATURE_ARGUMENTS_MAX];
	struct gpgv g = {.is_cancelled = is_cancelled};

	buf_init(&g.status, SIGNATURE_STATUS_MAX);
	signature_command(keyring, path, text, command);
	int rc = run(&g, command);
	if (rc < 0)
		(void)snprintf(ret, SIGNATURE_TEXT_MAX, "gpgv: %s", strerror(-rc));
	else
		rc = signature_verdict(buf_text(&g.status), g.status.len, ret);
	buf_done(&g.status);
	return rc;
}
