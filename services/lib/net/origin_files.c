/*
 * Happy path: a file has changed (net/watch.h), so all are read, and the new table
 * takes the place of the old one. Who holds the old one keeps it.
 *
 * Failures: a file that cannot be used leaves the table alone. It is not tried
 * again before it changes, so that the log tells it once.
 */
/* SPDX-License-Identifier: MIT */
#include "net/origin_files.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct origin_files {
	const char *const *paths;
	unsigned n;
	struct watch watch;

	_Atomic uint64_t n_failures;
	pthread_mutex_t lock; /* guards what follows */
	struct origin *table;
};

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

static void on_change(void *data)
{
	struct origin_files *f = data;
	int rc = 0;

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

struct origin_files *origin_files_new(const char *const *paths, unsigned n)
{
	struct origin_files *f = mem_new(sizeof(*f));

	f->paths = paths;
	f->n = n;
	watch_init(&f->watch, paths, n, on_change, f);
	(void)pthread_mutex_init(&f->lock, NULL);
	return f;
}

void origin_files_free(struct origin_files *f)
{
	origin_release(f->table);
	(void)pthread_mutex_destroy(&f->lock);
	watch_done(&f->watch);
	free(f);
}

void origin_files_watch(struct origin_files *f, uv_loop_t *loop, uint64_t every_ms)
{
	watch_start(&f->watch, loop, every_ms);
}

void origin_files_unwatch(struct origin_files *f)
{
	watch_stop(&f->watch);
}
