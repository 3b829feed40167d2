/* Store: jobs go to the worker and come back to the loop, each exactly once. */
/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include "../../../support/sandboxed.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const schema[] = {"CREATE TABLE t (x INTEGER PRIMARY KEY)", NULL};

struct fixture {
	uv_loop_t loop;
	struct store *store;
	char directory[40];
	char path[64];
	unsigned n_done;
	unsigned n_closed;
};

/* One job, which lives in its test. */
struct insert {
	struct fixture *f;
	int x;
	int rc_wanted;      /* of the work */
	uv_sem_t *wait;     /* NULL, or wait for it first */
	uv_thread_t thread; /* where the work ran */
	unsigned nth_done;  /* from 1 */
	int rc;
};

static void ignore(const struct log_record *record)
{
	(void)record;
}

static int setup(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));

	*state = f;
	log_set_sink(ignore);
	(void)snprintf(f->directory, sizeof(f->directory), "/tmp/fontaine-store-XXXXXX");
	if (mkdtemp(f->directory) == NULL)
		return -1;
	(void)snprintf(f->path, sizeof(f->path), "%s/state.db", f->directory);
	if (uv_loop_init(&f->loop) < 0)
		return -1;
	return store_open(&f->loop, f->path, schema, &f->store);
}

static void on_closed(void *data)
{
	struct fixture *f = data;
	f->n_closed++;
}

/* Run what is left and fail on a leaked handle, or when the database is not closed. */
static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->store != NULL)
		store_close(f->store, on_closed, f);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	int rc = uv_loop_close(&f->loop);
	(void)unlink(f->path);
	if (rc == 0)
		rc = rmdir(f->directory); /* fails when a -wal file is left */
	free(f);
	return rc;
}

static int work(sqlite3 *db, void *data)
{
	struct insert *i = data;
	char sql[64];

	if (i->wait != NULL)
		uv_sem_wait(i->wait);
	i->thread = uv_thread_self();
	(void)snprintf(sql, sizeof(sql), "INSERT INTO t (x) VALUES (%d)", i->x);
	int rc = db_exec(db, sql);
	return rc < 0 ? rc : i->rc_wanted;
}

static void on_done(void *data, int rc)
{
	struct insert *i = data;
	i->rc = rc;
	i->nth_done = ++i->f->n_done;
}

static void close_and_run(struct fixture *f)
{
	store_close(f->store, on_closed, f);
	store_close(f->store, NULL, NULL); /* a second time changes nothing */
	f->store = NULL;
	assert_int_equal(uv_run(&f->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(f->n_closed, 1);
}

static int count_rows(const char *path)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *query = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM t", -1, &query, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(query), SQLITE_ROW);
	int n = sqlite3_column_int(query, 0);
	(void)sqlite3_finalize(query);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return n;
}

static void test_jobs(void **state)
{
	struct fixture *f = *state;
	struct insert jobs[] = {
		{.f = f, .x = 1},
		{.f = f, .x = 2, .rc_wanted = -ECANCELED}, /* rolled back */
		{.f = f, .x = 1},                          /* refused by the database */
		{.f = f, .x = 2},
	};
	static const int expected[] = {0, -ECANCELED, -EEXIST, 0};
	uv_thread_t loop_thread = uv_thread_self();

	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(store_run(f->store, work, on_done, &jobs[i]), 0);
	while (f->n_done < 4)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(jobs[i].rc, expected[i]);
		assert_int_equal(jobs[i].nth_done, i + 1);
		assert_false(uv_thread_equal(&jobs[i].thread, &loop_thread));
	}
	assert_int_equal(count_rows(f->path), 2); /* seen by others before the store closes */
	close_and_run(f);
}

static void test_close_finishes_what_is_queued(void **state)
{
	enum { N = 200 };
	struct fixture *f = *state;
	struct insert jobs[N];

	for (int i = 0; i < N; i++) {
		jobs[i] = (struct insert){.f = f, .x = i, .rc = 1};
		assert_int_equal(store_run(f->store, work, on_done, &jobs[i]), 0);
	}
	close_and_run(f);
	assert_int_equal(f->n_done, N);
	for (unsigned i = 0; i < N; i++) {
		assert_int_equal(jobs[i].rc, 0);
		assert_int_equal(jobs[i].nth_done, i + 1);
	}
	assert_int_equal(count_rows(f->path), N);
}

static int no_work(sqlite3 *db, void *data)
{
	(void)db;
	(void)data;
	return 0;
}

static void on_counted(void *data, int rc)
{
	struct fixture *f = data;
	f->n_done += rc == 0;
}

static void test_full_queue(void **state)
{
	struct fixture *f = *state;
	uv_sem_t go;
	struct insert first = {.f = f, .wait = &go};

	assert_int_equal(uv_sem_init(&go, 0), 0);
	assert_int_equal(store_run(f->store, work, on_done, &first), 0);
	for (unsigned i = 1; i < STORE_JOBS_MAX; i++)
		assert_int_equal(store_run(f->store, no_work, on_counted, f), 0);
	assert_int_equal(store_run(f->store, no_work, on_counted, f), -ENOBUFS);

	uv_sem_post(&go);
	while (f->n_done < STORE_JOBS_MAX)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	assert_int_equal(store_run(f->store, no_work, on_counted, f), 0); /* room again */
	close_and_run(f);
	assert_int_equal(f->n_done, STORE_JOBS_MAX + 1);
	uv_sem_destroy(&go);
}

static void on_done_run_again(void *data, int rc)
{
	struct fixture *f = data;

	assert_int_equal(rc, 0);
	if (++f->n_done < 3) {
		assert_int_equal(store_run(f->store, no_work, on_done_run_again, f), 0);
		return;
	}
	store_close(f->store, on_closed, f);
	f->store = NULL;
}

static void test_callbacks_may_run_and_close(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_run(f->store, no_work, on_done_run_again, f), 0);
	assert_int_equal(uv_run(&f->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(f->n_done, 3);
	assert_int_equal(f->n_closed, 1);
}

static void test_close_without_callback(void **state)
{
	struct fixture *f = *state;

	store_close(f->store, NULL, NULL);
	f->store = NULL;
	assert_int_equal(uv_run(&f->loop, UV_RUN_DEFAULT), 0);
}

static void test_refused_file(void **state)
{
	struct fixture *f = *state;
	struct store *s = NULL;

	assert_int_equal(store_open(&f->loop, "/missing/state.db", schema, &s), -ENOENT);
	assert_null(s);
	close_and_run(f); /* nothing of it is left on the loop */
}

static void on_done_kill(void *data, int rc)
{
	(void)data;
	(void)rc;
	(void)kill(getpid(), SIGKILL);
}

static void test_survives_kill(void **state)
{
	struct fixture *f = *state;
	int status;

	close_and_run(f);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct fixture mine = {0};
		struct insert job = {.f = &mine, .x = 5};
		(void)uv_loop_init(&mine.loop);
		if (store_open(&mine.loop, f->path, schema, &mine.store) == 0)
			(void)store_run(mine.store, work, on_done_kill, &job);
		(void)uv_run(&mine.loop, UV_RUN_DEFAULT);
		_exit(EXIT_FAILURE);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(count_rows(f->path), 1); /* reported, so it is there */
}

/* All of a store's life after the sandbox. */
static int store_in_sandbox(const void *arg)
{
	struct fixture mine = {0};
	struct insert job = {.f = &mine, .x = 6, .rc = EXIT_FAILURE};

	if (uv_loop_init(&mine.loop) < 0 || store_open(&mine.loop, arg, schema, &mine.store) < 0 ||
	    store_run(mine.store, work, on_done, &job) < 0)
		return ENOTRECOVERABLE;
	store_close(mine.store, on_closed, &mine);
	(void)uv_run(&mine.loop, UV_RUN_DEFAULT);
	return job.rc != 0 ? -job.rc : -uv_loop_close(&mine.loop);
}

static void test_in_sandbox(void **state)
{
	struct fixture *f = *state;
	const char *const write_paths[] = {f->directory, NULL};
	const struct sandbox box = {.write_paths = write_paths};

	close_and_run(f);
	assert_int_equal(sandboxed(sandbox_apply, &box, store_in_sandbox, f->path), 0);
	assert_int_equal(count_rows(f->path), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_jobs),
		TEST(test_close_finishes_what_is_queued),
		TEST(test_full_queue),
		TEST(test_callbacks_may_run_and_close),
		TEST(test_close_without_callback),
		TEST(test_refused_file),
		TEST(test_survives_kill),
		TEST(test_in_sandbox),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
