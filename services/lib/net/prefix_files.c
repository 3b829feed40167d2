/*
 * Happy path: a file has changed (net/watch.h), so all are read, and the new table
 * takes the place of the old one. Who holds the old one keeps it.
 *
 * Failures: a file that cannot be used leaves the table alone. It is not tried
 * again before it changes, so that the log tells it once.
 */
/* SPDX-License-Identifier: MIT */
#include "net/prefix_files.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct prefix_files {
	const struct prefix_table_kind *kind;
	const char *const *paths;
	unsigned n;
	struct watch watch;

	_Atomic uint64_t n_failures;
	pthread_mutex_t lock; /* guards what follows */
	struct prefix_table *table;
};

struct prefix_table *prefix_files_get(struct prefix_files *f)
{
	(void)pthread_mutex_lock(&f->lock);
	struct prefix_table *table = prefix_table_hold(f->table);
	(void)pthread_mutex_unlock(&f->lock);
	return table;
}

uint64_t prefix_files_failures(const struct prefix_files *f)
{
	return atomic_load(&f->n_failures);
}

static int read_file(struct prefix_table *table, const char *path, const char *name)
{
	struct prefix_report report = {0};
	int rc = prefix_table_add_file(table, path, &report);

	if (report.n_malformed > 0)
		log_warn("%s: %zu malformed lines are left out, the first is line %zu", path,
		         report.n_malformed, report.first_malformed);
	if (rc == -ENODATA)
		log_warn("%s: no prefix in it: the %s stay as they were", path, name);
	else if (rc < 0)
		log_warn("%s: %s: the %s stay as they were", path,
		         rc == -EBADMSG ? "damaged or cut off" : strerror(-rc), name);
	return rc;
}

static void replace_table(struct prefix_files *f, struct prefix_table *table)
{
	(void)pthread_mutex_lock(&f->lock);
	struct prefix_table *old = f->table;
	f->table = table;
	(void)pthread_mutex_unlock(&f->lock);
	prefix_table_release(old);
}

static void on_change(void *data)
{
	struct prefix_files *f = data;
	int rc = 0;

	struct prefix_table *table = prefix_table_new(f->kind);
	for (unsigned i = 0; rc == 0 && i < f->n; i++)
		rc = read_file(table, f->paths[i], f->kind->name);
	if (rc < 0) {
		atomic_fetch_add(&f->n_failures, 1);
		prefix_table_release(table);
		return;
	}
	log_info("%s: %zu prefixes", f->kind->name, prefix_table_seal(table));
	replace_table(f, table);
}

struct prefix_files *prefix_files_new(const struct prefix_table_kind *kind, const char *const *paths, unsigned n)
{
	struct prefix_files *f = mem_new(sizeof(*f));

	f->kind = kind;
	f->paths = paths;
	f->n = n;
	watch_init(&f->watch, paths, n, on_change, f);
	(void)pthread_mutex_init(&f->lock, NULL);
	return f;
}

void prefix_files_free(struct prefix_files *f)
{
	prefix_table_release(f->table);
	(void)pthread_mutex_destroy(&f->lock);
	watch_done(&f->watch);
	free(f);
}

void prefix_files_watch(struct prefix_files *f, uv_loop_t *loop, uint64_t every_ms)
{
	watch_start(&f->watch, loop, every_ms);
}

void prefix_files_unwatch(struct prefix_files *f)
{
	watch_stop(&f->watch);
}
