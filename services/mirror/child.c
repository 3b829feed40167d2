/*
 * child_start() starts the program; on_exit_status() has its status, and kills what it left behind; when its output
 * has ended as well, on_all_closed() tells the owner. An output that somebody out of reach holds open is given up.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/child.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "mirror/cgroup.h"
#include "mirror/lock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	DRAIN_MS = 1000, /* for what is left in the output after the end */
	ENVIRONMENT_MAX = 32,
	PROCESSES_MAX = 64, /* whose bytes are counted */
	READ_BYTES = 4096,
	PROC_FILE_MAX_BYTES = 64 << 10,
};

struct child {
	uv_process_t process;
	uv_pipe_t said_pipe;
	uv_timer_t timer; /* until it is killed; then until its output is given up */
	unsigned n_handles;
	char *cgroup;
	struct buf said;
	char chunk[READ_BYTES];
	bool has_ended, is_stopped;
	int64_t status;
	int signal;
	void (*on_said)(const char *text, size_t len, void *data);
	void (*on_end)(const struct ending *e, void *data);
	void *data;
};

static void on_handle_closed(uv_handle_t *handle)
{
	struct child *c = handle->data;

	if (--c->n_handles > 0)
		return;
	if (c->on_end != NULL) {
		struct ending e = {.status = (int)c->status,
		                   .signal = c->signal,
		                   .said = buf_text(&c->said)};
		c->on_end(&e, c->data);
	}
	buf_done(&c->said);
	free(c->cgroup);
	free(c);
}

static void close_handle(uv_handle_t *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, on_handle_closed);
}

/** It is over when it has ended and its output has. */
static void close_all(struct child *c)
{
	if (c->process.type == UV_PROCESS)
		close_handle((uv_handle_t *)&c->process);
	close_handle((uv_handle_t *)&c->said_pipe);
	close_handle((uv_handle_t *)&c->timer);
}

static void kill_all(const struct child *c, int signal)
{
	if (c->cgroup != NULL && signal == SIGKILL)
		(void)cgroup_kill(c->cgroup);
	(void)kill(-c->process.pid, signal);
}

static void on_drained(uv_timer_t *timer)
{
	struct child *c = timer->data;

	log_warn("mirror: output of process %d is held open by another; given up", c->process.pid);
	close_all(c);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signal)
{
	struct child *c = process->data;

	kill_all(c, SIGKILL); /* what it has left behind */
	c->has_ended = true;
	c->status = status;
	c->signal = signal;
	if (uv_is_closing((uv_handle_t *)&c->said_pipe))
		close_all(c);
	else
		(void)uv_timer_start(&c->timer, on_drained, DRAIN_MS, 0);
}

static void on_said_room(uv_handle_t *handle, size_t size, uv_buf_t *ret)
{
	struct child *c = handle->data;

	(void)size;
	*ret = uv_buf_init(c->chunk, sizeof(c->chunk));
}

static void on_said(uv_stream_t *stream, ssize_t n, const uv_buf_t *chunk)
{
	struct child *c = stream->data;

	if (n < 0 && c->has_ended)
		close_all(c);
	else if (n < 0)
		close_handle((uv_handle_t *)stream);
	if (n <= 0)
		return;
	for (ssize_t i = 0; i < n; i++)
		if (chunk->base[i] == '\0')
			chunk->base[i] = '?'; /* what it says is a text */
	size_t room = c->said.max_bytes - c->said.len;
	if ((size_t)n > room)
		buf_drop(&c->said, (size_t)n - room);
	(void)buf_add(&c->said, chunk->base, (size_t)n);
	if (c->on_said != NULL)
		c->on_said(chunk->base, (size_t)n, c->data);
}

/** Fill @ret, which has room for ENVIRONMENT_MAX, with what a program is told. */
static void fill_environment(const char *const *more, char **ret)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", home[] = "HOME=/", language[] = "LC_ALL=C";
	size_t n = 0;

	ret[n++] = path;
	ret[n++] = home;
	ret[n++] = language;
	for (; more != NULL && *more != NULL; more++) {
		assert(n + 1 < ENVIRONMENT_MAX);
		ret[n++] = (char *)*more; /* libuv does not change it */
	}
	ret[n] = NULL;
}

/** Return: a descriptor for what is to be written to @path, or, of NULL, to @said_fd; or a negative errno. */
static int open_out(const char *path, int said_fd)
{
	int fd = path == NULL ? fcntl(said_fd, F_DUPFD_CLOEXEC, 0)
	                      : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? -errno : fd;
}

/** The command; or a shell that enters the cgroup before it becomes the command, so that nothing is ever outside. */
static char **command_of(const struct child_config *config)
{
	static char shell[] = "/bin/sh", option[] = "-c", script[] = "echo 0 >\"$0/cgroup.procs\"; exec \"$@\"";
	char *const before[] = {shell, option, script, (char *)config->cgroup};
	size_t n = 0, n_before = config->cgroup == NULL ? 0 : sizeof(before) / sizeof(*before);

	while (config->argv[n] != NULL)
		n++;
	char **all = (char **)mem_new((n_before + n + 1) * sizeof(*all));
	memcpy((void *)all, (const void *)before, n_before * sizeof(*all));
	memcpy((void *)(all + n_before), (const void *)config->argv, n * sizeof(*all));
	return all;
}

static int spawn(struct child *c, const struct child_config *config, int out_fd, int said_fd)
{
	char *environment[ENVIRONMENT_MAX], **argv = command_of(config);
	uv_stdio_container_t stdio[LOCK_CHILD_FD + 1] = {
		[0] = {.flags = UV_IGNORE},
		[1] = {.flags = UV_INHERIT_FD, .data.fd = out_fd},
		[2] = {.flags = UV_INHERIT_FD, .data.fd = said_fd},
		[LOCK_CHILD_FD] = {.flags = UV_INHERIT_FD, .data.fd = config->lock},
	};
	uv_process_options_t options = {
		.exit_cb = on_exit_status,
		.file = argv[0],
		.args = argv,
		.env = environment,
		.cwd = config->folder,
		.flags = UV_PROCESS_DETACHED, /* a session and a process group */
		.stdio_count = LOCK_CHILD_FD + 1,
		.stdio = stdio,
	};

	fill_environment(config->more, environment);
	int rc = uv_spawn(config->loop, &c->process, &options);
	free((void *)argv);
	return rc;
}

/** @said_fd: what it says is read from it; taken. */
static struct child *child_new(const struct child_config *config, int said_fd)
{
	struct child *c = mem_new(sizeof(*c));

	buf_init(&c->said, CHILD_SAID_MAX_BYTES);
	c->cgroup = mem_strdup(config->cgroup);
	c->process.data = c->said_pipe.data = c->timer.data = c;
	(void)uv_timer_init(config->loop, &c->timer); /* none of the three fails */
	(void)uv_pipe_init(config->loop, &c->said_pipe, 0);
	(void)uv_pipe_open(&c->said_pipe, said_fd);
	c->n_handles = 3;
	return c;
}

static int start(struct child *c, const struct child_config *config, int said_fd)
{
	int out_fd = open_out(config->out, said_fd);
	int rc = out_fd < 0 ? out_fd : spawn(c, config, out_fd, said_fd);

	if (out_fd >= 0)
		(void)close(out_fd);
	else
		c->n_handles--; /* there is none of the process */
	return rc;
}

int child_start(const struct child_config *config, struct child **ret)
{
	int said[2];
	int rc = uv_pipe(said, UV_NONBLOCK_PIPE, 0);

	if (rc < 0)
		return rc;
	struct child *c = child_new(config, said[0]);
	rc = start(c, config, said[1]);
	(void)close(said[1]);
	if (rc < 0) {
		close_all(c);
		return rc;
	}
	c->on_said = config->on_said;
	c->on_end = config->on_end;
	c->data = config->data;
	(void)uv_read_start((uv_stream_t *)&c->said_pipe, on_said_room, on_said);
	*ret = c;
	return 0;
}

static void on_grace_over(uv_timer_t *timer)
{
	kill_all(timer->data, SIGKILL);
}

void child_stop(struct child *c)
{
	if (c->has_ended || c->is_stopped)
		return;
	c->is_stopped = true;
	kill_all(c, SIGTERM);
	(void)uv_timer_start(&c->timer, on_grace_over, CHILD_GRACE_MS, 0);
}

/** Read a file of process @pid. Return: its text, "" when the process has gone; until the next call. */
static const char *read_proc(struct buf *text, int pid, const char *name)
{
	char path[128];

	buf_done(text);
	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return buf_add_file(text, path) < 0 ? "" : buf_text(text);
}

/** Add the children of @pid to the @n that are known. Return: how many are. */
static size_t add_children(struct buf *text, int pid, int pids[PROCESSES_MAX], size_t n)
{
	char name[64], *end;

	(void)snprintf(name, sizeof(name), "task/%d/children", pid);
	const char *at = read_proc(text, pid, name);
	for (long child = strtol(at, &end, 10); end != at && n < PROCESSES_MAX; child = strtol(at, &end, 10)) {
		pids[n++] = (int)child;
		at = end;
	}
	return n;
}

static uint64_t number_after(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

uint64_t child_moved_bytes(const struct child *c)
{
	int pids[PROCESSES_MAX] = {c->process.pid};
	size_t n = 1;
	uint64_t moved = 0;
	struct buf text;

	buf_init(&text, PROC_FILE_MAX_BYTES);
	for (size_t i = 0; i < n; i++) {
		const char *io = read_proc(&text, pids[i], "io");
		moved += number_after(io, "rchar: ") + number_after(io, "wchar: ");
		n = add_children(&text, pids[i], pids, n);
	}
	buf_done(&text);
	return moved;
}
