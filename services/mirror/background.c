/* SPDX-License-Identifier: MIT */
#include "mirror/background.h"

#include "base/log.h"
#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct background {
	uv_async_t ended;
	uv_thread_t thread;
	bool is_running, has_thread;
	atomic_bool is_cancelled;
	background_work work;
	int rc;
	void (*on_done)(void *data, int rc);
	void *data;
	void (*on_closed)(void *data);
	void *closed_data;
};

/** SCHED_IDLE is of one thread, and makes an idle class of what it reads too (sched(7), ioprio_set(2)). */
static void run(void *arg)
{
	struct background *b = arg;

	if (sched_setscheduler(0, SCHED_IDLE, &(struct sched_param){0}) < 0)
		log_debug("background: it runs as all else does: %s", strerror(errno));
	b->rc = b->work(b->data, &b->is_cancelled);
	(void)uv_async_send(&b->ended);
}

static void on_ended(uv_async_t *handle)
{
	struct background *b = handle->data;

	if (b->has_thread)
		(void)uv_thread_join(&b->thread);
	b->is_running = b->has_thread = false;
	b->on_done(b->data, b->rc);
}

struct background *background_new(uv_loop_t *loop)
{
	struct background *b = mem_new(sizeof(*b));

	b->ended.data = b;
	if (uv_async_init(loop, &b->ended, on_ended) < 0)
		abort(); /* the loop has what it needs since it was made */
	return b;
}

void background_run(struct background *b, background_work work, void (*on_done)(void *data, int rc), void *data)
{
	assert(!b->is_running);
	b->is_running = true;
	b->work = work;
	b->on_done = on_done;
	b->data = data;
	int rc = uv_thread_create(&b->thread, run, b); /* b->rc is the thread's from here on, if there is one */
	b->has_thread = rc == 0;
	if (rc < 0) {
		b->rc = rc;
		(void)uv_async_send(&b->ended);
	}
}

void background_cancel(struct background *b)
{
	atomic_store(&b->is_cancelled, true);
}

static void on_closed(uv_handle_t *handle)
{
	struct background *b = handle->data;
	void (*done)(void *data) = b->on_closed;
	void *data = b->closed_data;

	free(b);
	done(data);
}

void background_close(struct background *b, void (*on_end)(void *data), void *data)
{
	assert(!b->is_running);
	b->on_closed = on_end;
	b->closed_data = data;
	uv_close((uv_handle_t *)&b->ended, on_closed);
}
