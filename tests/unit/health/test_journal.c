/* Events go into the database in their order, also those that had to wait for a full disk. */
/* SPDX-License-Identifier: MIT */
#include "health/journal.h"

#include "base/log.h"
#include "health/health_db.h"
#include "store/db.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LITTLE_BYTES = 4096 };

struct fixture {
	uv_loop_t loop;
	struct journal journal;
	char folder[40], path[64];
	char *history;
};

static void ignore(const struct log_record *record)
{
	(void)record;
}

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.folder = "/tmp/fontaine-journal-XXXXXX"};
	*state = &f;
	log_set_sink(ignore);
	if (mkdtemp(f.folder) == NULL)
		return -1;
	(void)snprintf(f.path, sizeof(f.path), "%s/health.db", f.folder);
	if (uv_loop_init(&f.loop) < 0)
		return -1;
	return store_open(&f.loop, f.path, health_migrations, &f.journal.store);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->journal.store, NULL, NULL);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	journal_done(&f->journal);
	free(f->history);
	(void)unlink(f->path);
	return uv_loop_close(&f->loop) == 0 ? rmdir(f->folder) : -1;
}

static void add(struct fixture *f, const char *name, const char *state)
{
	char own[16]; /* which is gone afterwards */

	(void)snprintf(own, sizeof(own), "%s", name);
	journal_add(&f->journal, &(struct model_event){1000, own, state, ""});
	memset(own, 0, sizeof(own));
}

static int fill(sqlite3 *db, void *data)
{
	(void)data;
	return db_limit(db, LITTLE_BYTES);
}

static int make_room(sqlite3 *db, void *data)
{
	(void)data;
	return db_limit(db, 1 << 20);
}

static int read_all(sqlite3 *db, void *data)
{
	struct fixture *f = data;

	free(f->history);
	return health_db_history(db, 0, 2000, &f->history);
}

static void on_done(void *data, int rc)
{
	(void)data;
	assert_int_equal(rc, 0);
}

static void wait_for_writing(struct fixture *f)
{
	while (f->journal.is_writing)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
}

/** Once nothing is being written any more, do @work, and write what there is. */
static void run(struct fixture *f, store_work work)
{
	wait_for_writing(f);
	assert_int_equal(store_run(f->journal.store, work, on_done, f), 0);
	add(f, "last", "up");
	wait_for_writing(f);
}

static void test_order(void **state)
{
	struct fixture *f = *state;

	add(f, "ntp", "down");
	add(f, "ntp", "up");
	add(f, "turn", "down");
	run(f, make_room);
	run(f, read_all);
	assert_non_null(strstr(f->history, "\"ntp\",\"state\":\"down\",\"reason\":\"\"},"
	                                   "{\"time\":1000,\"name\":\"ntp\","
	                                   "\"state\":\"up\",\"reason\":\"\"},{\"time\":1000,\"name\":\"turn\""));
	assert_int_equal(f->journal.n, 0);
}

static void test_a_full_disk(void **state)
{
	struct fixture *f = *state;
	char name[16];

	run(f, fill);
	for (unsigned i = 0; i < JOURNAL_MAX + 2; i++) {
		(void)snprintf(name, sizeof(name), "e%u", i);
		add(f, name, "down");
	}
	assert_int_equal(f->journal.n, JOURNAL_MAX); /* of more, nothing is kept */
	run(f, make_room);
	wait_for_writing(f);
	assert_int_equal(f->journal.n, 0);
	run(f, read_all);
	assert_non_null(strstr(f->history, "\"e0\""));
	assert_true(strstr(f->history, "\"e0\"") < strstr(f->history, "\"e1000\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_full_disk, setup, teardown),
	};

	return cmocka_run_group_tests_name("health/journal", tests, NULL, NULL);
}
