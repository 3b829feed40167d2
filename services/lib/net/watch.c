/* SPDX-License-Identifier: MIT */
#include "net/watch.h"

#include "base/mem.h"

#include <stdlib.h>

void watch_init(struct watch *w, const char *const *paths, unsigned n, void (*on_change)(void *data),
                void *data)
{
	*w = (struct watch){.paths = paths, .n = n, .on_change = on_change, .data = data};
	w->seen = mem_new(n * sizeof(w->seen[0]));
}

void watch_done(struct watch *w)
{
	free(w->seen);
}

static struct watch_version version_of(const char *path)
{
	struct watch_version v = {0};
	struct stat st;

	if (stat(path, &st) == 0)
		v = (struct watch_version){st.st_mtim, st.st_size, st.st_ino};
	return v;
}

static bool is_same(const struct watch_version *a, const struct watch_version *b)
{
	return a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
	       a->size == b->size && a->inode == b->inode;
}

bool watch_look(struct watch *w)
{
	bool changed = !w->looked;

	for (unsigned i = 0; i < w->n; i++) {
		struct watch_version v = version_of(w->paths[i]);
		changed = changed || !is_same(&v, &w->seen[i]);
		w->seen[i] = v;
	}
	w->looked = true;
	return changed;
}

static void look(uv_work_t *work)
{
	struct watch *w = work->data;

	if (watch_look(w))
		w->on_change(w->data);
}

static void on_looked(uv_work_t *work, int status)
{
	struct watch *w = work->data;
	(void)status;

	w->working = false;
}

static void on_time(uv_timer_t *timer)
{
	struct watch *w = timer->data;

	if (!w->working)
		w->working = uv_queue_work(timer->loop, &w->work, look, on_looked) == 0;
}

void watch_start(struct watch *w, uv_loop_t *loop, uint64_t every_ms)
{
	w->timer.data = w->work.data = w;
	(void)uv_timer_init(loop, &w->timer);
	(void)uv_timer_start(&w->timer, on_time, 0, every_ms);
}

void watch_stop(struct watch *w)
{
	uv_close((uv_handle_t *)&w->timer, NULL);
}
