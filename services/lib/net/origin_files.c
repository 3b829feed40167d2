/*
 * Happy path: the timer sends look() to a worker thread, which compares each file
 * with what it saw last and, if one has changed, reads them all, then puts the
 * new table in the place of the old one. Who holds the old one keeps it.
 *
 * Failures: a file that cannot be used leaves the table alone. It is not tried
 * again before it changes, so that the log tells it once.
 */
/* SPDX-License-Identifier: MIT */
#include "net/origin_files.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What tells one version of a file from another. */
struct version {
	struct timespec changed;
	off_t size;
	ino_t inode; /* 0: the file is missing */
};

struct origin_files {
	const char *const *paths;
	unsigned n;
	struct version *seen; /* of each file; the worker's while it looks */
	bool looked;

	uv_timer_t timer;
	uv_work_t work;
	bool working;

	_Atomic uint64_t n_failures;
	pthread_mutex_t lock; /* guards what follows */
	struct origin *table;
};

struct origin_files *origin_files_new(const char *const *paths, unsigned n)
{
	struct origin_files *f = mem_new(sizeof(*f));

	f->paths = paths;
	f->n = n;
	f->seen = mem_new(n * sizeof(f->seen[0]));
	(void)pthread_mutex_init(&f->lock, NULL);
	return f;
}

void origin_files_free(struct origin_files *f)
{
	origin_release(f->table);
	(void)pthread_mutex_destroy(&f->lock);
	free(f->seen);
	free(f);
}

struct origin *origin_files_get(struct origin_files *f)
{
	(void)pthread_mutex_lock(&f->lock);
	struct origin *table = origin_hold(f->table);
	(void)pthread_mutex_unlock(&f->lock);
	return table;
}

uint64_t origin_files_failures(const struct origin_files *f)
{
	return atomic_load(&f->n_failures);
}

static struct version version_of(const char *path)
{
	struct version v = {0};
	struct stat st;

	if (stat(path, &st) == 0)
		v = (struct version){st.st_mtim, st.st_size, st.st_ino};
	return v;
}

static bool is_same(const struct version *a, const struct version *b)
{
	return a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec &&
	       a->size == b->size && a->inode == b->inode;
}

/* Whether a file has changed, or none was looked at before. */
static bool have_changed(struct origin_files *f)
{
	bool changed = !f->looked;

	for (unsigned i = 0; i < f->n; i++) {
		struct version v = version_of(f->paths[i]);
		changed = changed || !is_same(&v, &f->seen[i]);
		f->seen[i] = v;
	}
	f->looked = true;
	return changed;
}

static int read_file(struct origin *table, const char *path)
{
	struct origin_report report = {0};
	int rc = origin_add_file(table, path, &report);

	if (report.n_malformed > 0)
		log_warn("%s: %zu malformed lines are left out, the first is line %zu", path,
		         report.n_malformed, report.first_malformed);
	if (rc == -ENODATA)
		log_warn("%s: no prefix in it: the origins stay as they were", path);
	else if (rc < 0)
		log_warn("%s: %s: the origins stay as they were", path,
		         rc == -EBADMSG ? "damaged or cut off" : strerror(-rc));
	return rc;
}

static void replace_table(struct origin_files *f, struct origin *table)
{
	(void)pthread_mutex_lock(&f->lock);
	struct origin *old = f->table;
	f->table = table;
	(void)pthread_mutex_unlock(&f->lock);
	origin_release(old);
}

static void look(uv_work_t *work)
{
	struct origin_files *f = work->data;
	int rc = 0;

	if (!have_changed(f))
		return;
	struct origin *table = origin_new();
	for (unsigned i = 0; rc == 0 && i < f->n; i++)
		rc = read_file(table, f->paths[i]);
	if (rc < 0) {
		atomic_fetch_add(&f->n_failures, 1);
		origin_release(table);
		return;
	}
	log_info("origins: %zu prefixes", origin_seal(table));
	replace_table(f, table);
}

static void on_looked(uv_work_t *work, int status)
{
	struct origin_files *f = work->data;
	(void)status;

	f->working = false;
}

static void on_time(uv_timer_t *timer)
{
	struct origin_files *f = timer->data;

	if (!f->working)
		f->working = uv_queue_work(timer->loop, &f->work, look, on_looked) == 0;
}

void origin_files_watch(struct origin_files *f, uv_loop_t *loop, uint64_t every_ms)
{
	f->timer.data = f->work.data = f;
	(void)uv_timer_init(loop, &f->timer);
	(void)uv_timer_start(&f->timer, on_time, 0, every_ms);
}

void origin_files_unwatch(struct origin_files *f)
{
	uv_close((uv_handle_t *)&f->timer, NULL);
}
