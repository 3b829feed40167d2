/* Whole runs: what goes well, what is held, and what the next run makes of what failed. */
/* SPDX-License-Identifier: MIT */
#include "mirror/runner.h"

#include "runner_fixture.h"

#define WORK "project/work" /* what rsync writes */

static void test_first_then_nothing_then_something(void **state)
{
	struct fixture *f = *state;

	publish_first(f);
	assert_string_equal(f->steps, "list guard prepare fetch delete verify publish trace ");
	assert_int_equal(f->end.generation, 1);
	assert_int_equal(f->end.listing.n_listed, 21);
	assert_string_equal(f->words, "22 came, 0 went");
	assert_true(rsyncd_has(&up, "project/current/pool/a", "one"));

	assert_int_equal(run(f), OUTCOME_UNCHANGED);
	assert_string_equal(f->steps, "fetch list ");
	assert_string_equal(f->words, "nothing is new at " RSYNCD_URL);

	rsyncd_shell(&up, "cd up/pool && rm 1 && printf three >a && echo new >new");
	assert_int_equal(run(f), OUTCOME_DONE);
	assert_string_equal(f->steps, "fetch list guard verify publish trace ");
	assert_string_equal(f->words, "2 came, 1 went");
	assert_int_equal(f->n_generations, 2);
	assert_false(rsyncd_exists(&up, "project/current/pool/1"));
	assert_true(rsyncd_has(&up, "project/current/pool/a", "three"));
	assert_true(rsyncd_has(&up, "project/current/pool/new", "new\n"));
	assert_true(rsyncd_exists(&up, "project/generations/1/pool/1")); /* as it was */
	assert_true(rsyncd_has(&up, "project/generations/1/pool/a", "one"));
	assert_int_equal(f->end.seen.n_published, 21);
	assert_int_equal(f->end.seen.n_deleted, 1);
}

static void test_probe(void **state)
{
	struct fixture *f = *state;

	f->project.kind = POP_MIRROR_DEBIAN;
	assert_int_equal(run(f), OUTCOME_DONE); /* without that file, it goes on without a probe */
	rsyncd_shell(&up, "mkdir -p up/project/trace && echo 'Archive serial: 2026112102' >up/project/trace/master");
	assert_int_equal(run(f), OUTCOME_DONE);
	rsyncd_shell(&up, "echo new >up/pool/new"); /* what the probe does not show is not looked for */
	assert_int_equal(run(f), OUTCOME_UNCHANGED);
	assert_string_equal(f->steps, "probe ");
	f->config.is_whole = true;
	assert_int_equal(run(f), OUTCOME_DONE);
	f->config.is_whole = false;

	rsyncd_shell(&up, "echo 'Archive serial: 2026112101' >up/project/trace/master && rm up/pool/new");
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_int_equal(f->end.verdict, GUARD_SERIAL);
	assert_non_null(strstr(f->words, "goes back from 2026112102 to 2026112101"));
	assert_true(rsyncd_exists(&up, "project/current/pool/new"));
}

static void test_empty_upstream(void **state)
{
	struct fixture *f = *state;

	publish_first(f);
	rsyncd_shell(&up, "mkdir aside && mv up/* aside");
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_string_equal(f->steps, "fetch list guard ");
	assert_int_equal(f->end.verdict, GUARD_EMPTY);
	assert_true(rsyncd_has(&up, "project/current/pool/a", "one"));
	assert_true(rsyncd_has(&up, WORK "/pool/a", "one")); /* is back */
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_string_equal(f->steps, "list guard ");
	assert_int_equal(f->end.verdict, GUARD_EMPTY);

	rsyncd_shell(&up, "mv aside/* up && echo new >up/pool/new");
	rsyncd_shell(&up, "rm -r " WORK "/pool"); /* as one that is killed may leave it */
	assert_int_equal(run(f), OUTCOME_DONE);
	assert_true(rsyncd_has(&up, "project/current/pool/new", "new\n"));
	rsyncd_shell(&up, "test project/current/pool/a -ef project/generations/1/pool/a"); /* did not come once more */
	rsyncd_shell(&up, "rm -rf up/* project/current project/generations " WORK "/*");
	assert_int_equal(run(f), OUTCOME_HELD); /* nor is nothing ever published */
}

static void test_much_is_deleted(void **state)
{
	struct fixture *f = *state;

	f->project.kind = POP_MIRROR_DEBIAN;
	publish_first(f);
	rsyncd_shell(&up, "rm up/pool/1 up/pool/2 up/pool/3");
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_int_equal(f->end.run.why, RUN_HOLD);
	assert_int_equal(f->end.verdict, GUARD_PERCENT);
	assert_non_null(strstr(f->words, "3 of 21 files would be deleted, more than 10 percent"));
	assert_true(rsyncd_exists(&up, "project/current/pool/1"));
	assert_true(rsyncd_exists(&up, WORK "/pool/1"));

	struct guard_seen released = f->end.seen;
	f->config.released = &released;
	rsyncd_shell(&up, "rm up/pool/4"); /* more than was allowed */
	assert_int_equal(run(f), OUTCOME_HELD);
	rsyncd_shell(&up, "echo 4 >up/pool/4");
	assert_int_equal(run(f), OUTCOME_DONE);
	assert_false(rsyncd_exists(&up, "project/current/pool/1"));
}

static void test_sentinel(void **state)
{
	static char sentinel[] = "pool/a";
	struct fixture *f = *state;

	f->project.sentinel = sentinel;
	rsyncd_shell(&up, "mv up/pool/a up/a");
	assert_int_equal(run(f), OUTCOME_HELD); /* it never was there */
	assert_int_equal(f->end.verdict, GUARD_SENTINEL);
	rsyncd_shell(&up, "mv up/a up/pool/a");
	publish_first(f);
	assert_int_equal(run(f), OUTCOME_UNCHANGED);
	rsyncd_shell(&up, "rm up/pool/a");
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_int_equal(f->end.verdict, GUARD_SENTINEL);
}

static void test_no_room(void **state)
{
	struct fixture *f = *state;

	f->config.reserve = "999999TiB";
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_int_equal(f->end.run.why, RUN_FULL);
	assert_false(rsyncd_exists(&up, WORK "/pool"));

	f->config.reserve = "1MiB";
	publish_first(f);
	f->config.published_bytes = 1000ULL << 50; /* as much may come again, and that is more than there is room for */
	rsyncd_shell(&up, "echo new >up/pool/new");
	assert_int_equal(run(f), OUTCOME_DONE);
	assert_string_equal(f->steps, "list guard prepare fetch delete verify publish trace ");
	f->config.published_bytes = 0; /* who knows? */
	assert_int_equal(run(f), OUTCOME_UNCHANGED);
	assert_string_equal(f->steps, "list ");
}

static void test_upstreams_that_fail(void **state)
{
	struct fixture *f = *state;

	f->config.upstream = "rsync://127.0.0.1:8730/other/";
	assert_int_equal(run(f), OUTCOME_CONFIGURATION);
	assert_string_equal(f->words, "rsync://127.0.0.1:8730/other/: rsync: the upstream has no such module");
	assert_non_null(strstr(f->log, "list:\n@ERROR: Unknown module 'other'"));
	f->config.upstream = "rsync://127.0.0.1:8731/m/";
	assert_int_equal(run(f), OUTCOME_RETRY);
	f->config.upstream = RSYNCD_URL "nothing/";
	assert_int_equal(run(f), OUTCOME_RERUN);
	assert_int_equal(f->n_generations, 0);
}

static void change_upstream(struct fixture *f, enum run_step step)
{
	(void)f;
	if (step == RUN_FETCH)
		rsyncd_shell(&up, "rm up/pool/a");
}

static void test_upstream_changes_meanwhile(void **state)
{
	struct fixture *f = *state;

	f->at_step = change_upstream;
	assert_int_equal(run(f), OUTCOME_RERUN);
	assert_int_equal(f->end.run.ended_at, RUN_VERIFY);
	assert_int_equal(f->n_generations, 0);
	f->at_step = NULL;
	rsyncd_write(&up, "up/pool/a", "one");
	publish_first(f); /* on top of what has come already */
	assert_string_equal(f->words, "1 came, 0 went");
	rsyncd_write(&up, "up/pool/a", "two");
	f->at_step = change_upstream;
	assert_int_equal(run(f), OUTCOME_RERUN);
	assert_int_equal(f->end.run.ended_at, RUN_VERIFY);
	rsyncd_write(&up, "up/pool/a", "three");
	assert_int_equal(run(f), OUTCOME_RERUN); /* what was listed is there no more */
	assert_int_equal(f->end.run.ended_at, RUN_FETCH);
	assert_true(rsyncd_has(&up, "project/current/pool/a", "one"));
}

static void test_unsound(void **state)
{
	struct fixture *f = *state;

	publish_first(f);
	rsyncd_shell(&up, "echo pool/b >>up/index && echo old >up/old && rm up/pool/1");
	assert_int_equal(run(f), OUTCOME_RERUN);
	assert_int_equal(f->end.run.why, RUN_UNSOUND);
	assert_string_equal(f->words, "a file of the index is missing");
	assert_true(rsyncd_has(&up, "project/current/index", "pool/a\n"));
	assert_true(rsyncd_exists(&up, WORK "/old"));

	rsyncd_shell(&up, "echo b >up/pool/b && rm up/old"); /* came and went, and was never published */
	assert_int_equal(run(f), OUTCOME_DONE);
	assert_int_equal(f->end.seen.n_deleted, 2); /* of what is published, not of what is written */
	assert_false(rsyncd_exists(&up, "project/current/old"));
	assert_false(rsyncd_exists(&up, "project/current/pool/1"));
	assert_true(rsyncd_exists(&up, "project/current/pool/b"));
	assert_int_equal(run(f), OUTCOME_UNCHANGED);
}

/* What is known only of what has come is judged before it is published. */
static void test_older_release(void **state)
{
	struct fixture *f = *state;

	publish_first(f);
	assert_true(f->fetched_bytes > 100);
	f->date_published_s = 2000;
	f->date_listed_s = 1000;
	rsyncd_write(&up, "up/pool/a", "older");
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_int_equal(f->end.run.ended_at, RUN_VERIFY);
	assert_int_equal(f->end.verdict, GUARD_DATE);
	assert_string_equal(f->words, "the archive: its date goes back by 17 minutes: look at the upstream; then "
	                              "release the project, or leave it held");
	assert_true(rsyncd_has(&up, "project/current/pool/a", "one"));
	struct guard_seen released = f->end.seen;
	f->config.released = &released;
	assert_int_equal(run(f), OUTCOME_DONE);
	assert_true(rsyncd_has(&up, "project/current/pool/a", "older"));
}

static void test_cannot_publish(void **state)
{
	struct fixture *f = *state;

	f->cannot_publish = true;
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_int_equal(f->end.run.why, RUN_BROKEN);
	assert_string_equal(f->words, "publish: Read-only file system");
	f->cannot_publish = false;
	publish_first(f);
}

/* While the run goes on. */
static void expect_end_of_log(struct fixture *f, enum run_step step)
{
	const char end[] = "20000\n", *log = runner_log(f->runner);

	if (step == RUN_GUARD) {
		assert_int_equal(strlen(log), 32 << 10);
		assert_string_equal(log + strlen(log) - strlen(end), end);
	}
}

static void test_command(void **state)
{
	static char command[RSYNCD_PATH_MAX];
	struct fixture *f = *state;

	(void)snprintf(command, sizeof(command), "%s", rsyncd_path(&up, "fetch"));
	rsyncd_write(&up, "fetch", "#!/bin/sh\necho \"$FONTAINE_PROJECT from '$FONTAINE_UPSTREAM'\" >&2\n"
	                           "[ ! -e ../../fail ] || exit 75\ncp -r ../../up/* . && rm -f pool/1\n");
	rsyncd_shell(&up, "chmod +x fetch");
	f->project.kind = POP_MIRROR_COMMAND;
	f->project.command = command;
	f->config.upstream = "";
	publish_first(f);
	assert_string_equal(f->steps, "prepare fetch list guard verify publish trace ");
	assert_string_equal(f->log, "fetch:\ntest from ''\n");
	assert_true(rsyncd_has(&up, "project/current/pool/a", "one"));
	rsyncd_shell(&up, "touch fail");
	assert_int_equal(run(f), OUTCOME_RETRY);
	rsyncd_shell(&up, "rm fail && printf '#!/bin/sh\\nseq 20000; touch new\\n' >fetch");
	f->at_step = expect_end_of_log;
	assert_int_equal(run(f), OUTCOME_DONE);
	f->at_step = NULL;
	rsyncd_shell(&up, "printf '#!/bin/sh\\nrm -r pool/*\\n' >fetch");
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_int_equal(f->end.verdict, GUARD_PERCENT);
	assert_true(rsyncd_has(&up, "project/current/pool/a", "one"));
	rsyncd_shell(&up, "rm fetch");
	assert_int_equal(run(f), OUTCOME_HELD);
	assert_int_equal(f->end.run.why, RUN_BROKEN); /* it cannot be started */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_then_nothing_then_something, setup, teardown),
		cmocka_unit_test_setup_teardown(test_probe, setup, teardown),
		cmocka_unit_test_setup_teardown(test_empty_upstream, setup, teardown),
		cmocka_unit_test_setup_teardown(test_much_is_deleted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sentinel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_upstreams_that_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(test_upstream_changes_meanwhile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unsound, setup, teardown),
		cmocka_unit_test_setup_teardown(test_older_release, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cannot_publish, setup, teardown),
		cmocka_unit_test_setup_teardown(test_command, setup, teardown),
	};

	rsyncd_start(&up);
	int rc = cmocka_run_group_tests_name("mirror/runner", tests, NULL, NULL);
	rsyncd_stop(&up);
	return rc;
}
