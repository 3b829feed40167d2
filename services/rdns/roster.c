/*
 * Happy path: a file has changed (net/watch.h), so a worker thread of libuv reads all of them; the loop has the
 * store write what is new of the members, then puts the new assignments in the place of the old ones.
 *
 * Failures: files that cannot be used, or a database that takes nothing, leave all as it was. They are
 * tried again when one of the files changes.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/roster.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/metrics.h"
#include "net/watch.h"
#include "rdns/members_db.h"
#include "rdns/reread.h"
#include "store/db.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FILES_MAX = 2 };

struct roster {
	const struct pop *pop;
	const char *paths[FILES_MAX];
	char *folders[FILES_MAX + 1];
	unsigned n_paths, n_folders;
	struct watch watch;
	uv_async_t arrival;
	struct store *store; /* NULL: nothing is taken in any more */

	struct assignments *now;
	struct assignments *coming; /* being stored; NULL: none */
	_Atomic uint64_t n_failures;
	_Atomic bool is_valid;

	pthread_mutex_t lock;      /* guards what follows */
	struct assignments *fresh; /* read, and not taken yet */
	bool is_watched;
};

static void add_file(struct roster *r, const char *path)
{
	if (path == NULL)
		return;
	char *folder = mem_strdup(path);
	r->paths[r->n_paths++] = path;
	*(strrchr(folder, '/') + 1) = '\0'; /* an absolute path: the POP file was checked */
	if (access(folder, R_OK | X_OK) == 0) {
		r->folders[r->n_folders++] = folder;
		return;
	}
	log_warn("%s: %s: nothing is read from there before the next start", folder, strerror(errno));
	free(folder);
}

/* Read all files. Return: NULL when they cannot be used. */
static struct assignments *read_files(struct roster *r)
{
	char error[ASSIGNMENTS_ERROR_MAX];
	struct assignments *a;
	int rc = assignments_load(r->pop, &a, error);

	r->is_valid = rc == 0;
	if (rc == 0)
		return a;
	log_warn("%s: the assignments stay as they were", error);
	atomic_fetch_add(&r->n_failures, 1);
	return NULL;
}

/* On a thread of libuv's. */
static void on_change(void *data)
{
	struct roster *r = data;
	struct assignments *a = read_files(r);

	if (a == NULL)
		return;
	(void)pthread_mutex_lock(&r->lock);
	assignments_free(r->fresh);
	r->fresh = a;
	if (r->is_watched)
		(void)uv_async_send(&r->arrival);
	(void)pthread_mutex_unlock(&r->lock);
}

struct roster *roster_new(const struct pop *p)
{
	struct roster *r = mem_new(sizeof(*r));
	char error[ASSIGNMENTS_ERROR_MAX];

	r->pop = p;
	add_file(r, p->services->rdns->assignments);
	add_file(r, p->ixf_export);
	watch_init(&r->watch, r->paths, r->n_paths, on_change, r);
	(void)pthread_mutex_init(&r->lock, NULL);
	r->now = assignments_new();
	int rc = assignments_seal(r->now, error);
	assert(rc == 0); /* it is empty */
	(void)rc;
	return r;
}

void roster_free(struct roster *r)
{
	for (unsigned i = 0; i < r->n_folders; i++)
		free(r->folders[i]);
	assignments_free(r->fresh);
	assignments_free(r->coming);
	assignments_free(r->now);
	(void)pthread_mutex_destroy(&r->lock);
	watch_done(&r->watch);
	free(r);
}

/* The members that the database has. Names are owned. */
struct known {
	struct known_member *all;
	size_t n;
};

static void on_known(const struct member *m, void *data)
{
	struct known *k = data;

	k->all = mem_resize(k->all, k->n + 1, sizeof(*k->all));
	k->all[k->n++] = (struct known_member){m->asn, mem_strdup(m->name), m->frozen_since != 0};
}

struct storing {
	sqlite3 *db;
	int rc;
};

static void on_member(enum member_event event, uint32_t asn, const char *name, void *data)
{
	struct storing *s = data;
	int64_t id;

	if (s->rc < 0)
		return;
	log_info("AS%" PRIu32 ", %s: %s", asn, name, member_event_names[event]);
	s->rc = event == MEMBER_VANISHED ? members_db_freeze(s->db, asn, time(NULL))
	                                 : members_db_put(s->db, asn, name, &id);
}

static int store_members(sqlite3 *db, void *data)
{
	struct roster *r = data;
	struct known known = {.n = 0};
	struct storing s = {.db = db};

	s.rc = members_db_each(db, on_known, &known);
	if (s.rc == 0)
		reread_members(known.all, known.n, r->coming, on_member, &s);
	for (size_t i = 0; i < known.n; i++)
		free((char *)known.all[i].name);
	free(known.all);
	return s.rc;
}

static void on_assignment(const struct assignment *before, const struct assignment *after, void *data)
{
	(void)before;
	(void)after;
	++*(size_t *)data;
}

/* The members of what is coming were stored, or not. */
static void replace(struct roster *r, int rc)
{
	size_t n_changed = 0, n, n_members;

	if (rc < 0) {
		log_error("members: %s: the assignments stay as they were", strerror(-rc));
		atomic_fetch_add(&r->n_failures, 1);
		r->is_valid = false;
		assignments_free(r->coming);
		r->coming = NULL;
		return;
	}
	reread_assignments(r->now, r->coming, on_assignment, &n_changed);
	assignments_free(r->now);
	r->now = r->coming;
	r->coming = NULL;
	(void)assignments_all(r->now, &n);
	(void)assignments_members(r->now, &n_members);
	log_info("assignments: %zu, of %zu members; %zu have changed", n, n_members, n_changed);
}

int roster_read(struct roster *r, const char *path)
{
	sqlite3 *db;
	int rc = db_open(path, rdns_migrations, &db);

	if (rc < 0)
		return rc;
	(void)watch_look(&r->watch); /* what changes from now on is read again */
	r->coming = read_files(r);
	if (r->coming != NULL)
		replace(r, db_transact(db, store_members, r));
	(void)sqlite3_close(db);
	return 0;
}

const char *const *roster_read_paths(const struct roster *r)
{
	return (const char *const *)r->folders;
}

static void take(struct roster *r);

static void on_stored(void *data, int rc)
{
	struct roster *r = data;

	replace(r, rc);
	take(r);
}

/* Take in what was read last, unless something is being taken in. */
static void take(struct roster *r)
{
	if (r->coming != NULL || r->store == NULL)
		return;
	(void)pthread_mutex_lock(&r->lock);
	r->coming = r->fresh;
	r->fresh = NULL;
	(void)pthread_mutex_unlock(&r->lock);
	if (r->coming == NULL)
		return;
	int rc = store_run(r->store, store_members, on_stored, r);
	if (rc < 0)
		replace(r, rc);
}

static void on_arrival(uv_async_t *arrival)
{
	take(arrival->data);
}

void roster_watch(struct roster *r, uv_loop_t *loop, struct store *store)
{
	r->store = store;
	(void)uv_async_init(loop, &r->arrival, on_arrival);
	r->arrival.data = r;
	r->is_watched = true;
	if (r->n_paths > 0)
		watch_start(&r->watch, loop, ROSTER_LOOK_MS);
}

void roster_stop(struct roster *r)
{
	r->store = NULL;
	if (r->n_paths > 0)
		watch_stop(&r->watch);
	(void)pthread_mutex_lock(&r->lock); /* a look that has begun ends later */
	r->is_watched = false;
	(void)pthread_mutex_unlock(&r->lock);
	uv_close((uv_handle_t *)&r->arrival, NULL);
}

const struct assignments *roster_assignments(const struct roster *r)
{
	return r->now;
}

void roster_metrics(const struct roster *r, struct buf *b)
{
	size_t n, n_members;

	(void)assignments_all(r->now, &n);
	(void)assignments_members(r->now, &n_members);
	metrics_family(b, "rdnsd_assignments", METRICS_GAUGE, "Prefixes that are assigned.");
	metrics_u64(b, "rdnsd_assignments", "", n);
	metrics_family(b, "rdnsd_members", METRICS_GAUGE, "Members that the assignments name.");
	metrics_u64(b, "rdnsd_members", "", n_members);
	metrics_family(b, "rdnsd_assignments_valid", METRICS_GAUGE,
	               "1 when the files of assignments could be used when they were read last.");
	metrics_u64(b, "rdnsd_assignments_valid", "", r->is_valid);
	metrics_family(b, "rdnsd_assignments_failures_total", METRICS_COUNTER,
	               "How often changed files of assignments could not be used.");
	metrics_u64(b, "rdnsd_assignments_failures_total", "", r->n_failures);
}
