/*
 * The loop puts jobs into one list, the worker moves them to another, the loop
 * empties that. One lock guards both lists; no callback runs under it.
 */
/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct job {
	struct job *next;
	store_work work;
	store_done on_done;
	void *data;
	int rc;
};

/* First in, first out. */
struct jobs {
	struct job *first, **end;
};

struct store {
	/* the loop's */
	uv_async_t wake_loop;
	uv_thread_t worker;
	unsigned n_jobs; /* queued, or done and not reported */
	void (*on_closed)(void *data);
	void *on_closed_data;

	/* both threads', under the lock */
	uv_mutex_t lock;
	uv_cond_t wake_worker;
	struct jobs queued, done;
	bool closing; /* set by the loop only */
	bool worker_ended;

	/* the worker's */
	sqlite3 *db;
};

static void jobs_init(struct jobs *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static void jobs_add(struct jobs *list, struct job *j)
{
	j->next = NULL;
	*list->end = j;
	list->end = &j->next;
}

static struct job *jobs_take(struct jobs *list)
{
	struct job *j = list->first;

	if (j != NULL)
		list->first = j->next;
	if (list->first == NULL)
		list->end = &list->first;
	return j;
}

int store_run(struct store *s, store_work work, store_done on_done, void *data)
{
	if (s->n_jobs == STORE_JOBS_MAX)
		return -ENOBUFS;

	assert(!s->closing);
	struct job *j = mem_new(sizeof(*j));
	*j = (struct job){.work = work, .on_done = on_done, .data = data};
	s->n_jobs++;
	uv_mutex_lock(&s->lock);
	jobs_add(&s->queued, j);
	uv_cond_signal(&s->wake_worker);
	uv_mutex_unlock(&s->lock);
	return 0;
}

/* Wait for the next job. Return: NULL when the store is closing and nothing is left. */
static struct job *next_job(struct store *s)
{
	uv_mutex_lock(&s->lock);
	while (s->queued.first == NULL && !s->closing)
		uv_cond_wait(&s->wake_worker, &s->lock);
	struct job *j = jobs_take(&s->queued);
	uv_mutex_unlock(&s->lock);
	return j;
}

static void worker_main(void *arg)
{
	struct store *s = arg;
	struct job *j;

	while ((j = next_job(s)) != NULL) {
		j->rc = db_transact(s->db, j->work, j->data);
		uv_mutex_lock(&s->lock);
		jobs_add(&s->done, j);
		uv_mutex_unlock(&s->lock);
		(void)uv_async_send(&s->wake_loop);
	}

	int rc = sqlite3_close(s->db);
	assert(rc == SQLITE_OK); /* else a job forgot a statement */
	uv_mutex_lock(&s->lock);
	s->worker_ended = true;
	uv_mutex_unlock(&s->lock);
	(void)uv_async_send(&s->wake_loop);
}

static void store_free(struct store *s)
{
	uv_cond_destroy(&s->wake_worker);
	uv_mutex_destroy(&s->lock);
	free(s);
}

static void on_wake_loop_closed(uv_handle_t *handle)
{
	struct store *s = handle->data;
	void (*on_closed)(void *data) = s->on_closed;
	void *data = s->on_closed_data;

	store_free(s);
	if (on_closed != NULL)
		on_closed(data);
}

/* Report what is done. The worker ends after its last job, so all of them come before the end. */
static void on_wake_loop(uv_async_t *async)
{
	struct store *s = async->data;
	struct job *j;

	uv_mutex_lock(&s->lock);
	struct jobs done = s->done;
	bool ended = s->worker_ended;
	jobs_init(&s->done);
	uv_mutex_unlock(&s->lock);

	while ((j = jobs_take(&done)) != NULL) {
		s->n_jobs--;
		j->on_done(j->data, j->rc);
		free(j);
	}
	if (ended) {
		(void)uv_thread_join(&s->worker);
		uv_close((uv_handle_t *)&s->wake_loop, on_wake_loop_closed);
	}
}

void store_close(struct store *s, void (*on_closed)(void *data), void *data)
{
	if (s->closing)
		return;
	s->on_closed = on_closed;
	s->on_closed_data = data;
	uv_mutex_lock(&s->lock);
	s->closing = true;
	uv_cond_signal(&s->wake_worker);
	uv_mutex_unlock(&s->lock);
}

static struct store *store_new(void)
{
	struct store *s = mem_new(sizeof(*s));

	if (uv_mutex_init(&s->lock) < 0 || uv_cond_init(&s->wake_worker) < 0)
		mem_exhausted();
	jobs_init(&s->queued);
	jobs_init(&s->done);
	s->wake_loop.data = s;
	return s;
}

int store_open(uv_loop_t *loop, const char *path, store_migrations migrations, struct store **ret)
{
	struct store *s = store_new();
	int rc = db_open(path, migrations, &s->db);
	if (rc < 0) {
		store_free(s);
		return rc;
	}

	rc = uv_async_init(loop, &s->wake_loop, on_wake_loop);
	if (rc < 0) {
		(void)sqlite3_close(s->db);
		store_free(s);
		goto out;
	}
	rc = uv_thread_create(&s->worker, worker_main, s);
	if (rc < 0) {
		(void)sqlite3_close(s->db);
		uv_close((uv_handle_t *)&s->wake_loop, on_wake_loop_closed);
	}
out:
	if (rc < 0)
		log_error("%s: cannot start its worker: %s", path, strerror(-rc));
	else
		*ret = s;
	return rc;
}
