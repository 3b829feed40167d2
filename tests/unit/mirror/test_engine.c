/* Several projects with a real rsync daemon: runs, holds, wishes, restarts, and a daemon that is killed. */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine.h"

#include "engine_fixture.h"

static void test_runs(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "\"state\":\"waiting\",\"step\":null,\"upstream\":\"" RSYNCD_URL "\"");
	run_until(f, "good", "\"words\":\"1 came, 0 went\"");
	assert_true(rsyncd_has(&up, "root/good/current/a", "a\n"));
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "nothing is new");
	run_until(f, "good", "\"state\":\"waiting\"");
	assert_int_equal(wish(f, "nothing", ENGINE_RUN), -ENOENT);

	struct buf b;
	buf_init(&b, 1 << 20);
	engine_metrics(f->engine, &b);
	assert_non_null(strstr(b.data, "mirrord_runs_total{project=\"good\",outcome=\"done\"} 1\n"));
	assert_non_null(strstr(b.data, "mirrord_runs_total{project=\"good\",outcome=\"unchanged\"} 1\n"));
	assert_non_null(strstr(b.data, "mirrord_running{project=\"good\"} 0\n"));
	assert_null(strstr(b.data, "mirrord_last_success_timestamp_seconds{project=\"good\"} 0\n"));
	buf_done(&b);
}

static void test_next_upstream(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(wish(f, "second", ENGINE_RUN), 0);
	run_until(f, "second", "no such module");
	run_until(f, "second", "\"state\":\"waiting\",\"step\":null,\"upstream\":\"" RSYNCD_URL "\"");
	close_engine(f); /* and that is not forgotten */
	open_engine(f);
	assert_int_equal(wish(f, "second", ENGINE_RUN), 0);
	run_until(f, "second", "1 came, 0 went");
	assert_true(rsyncd_has(&up, "root/second/current/a", "a\n"));
}

static void test_hold_and_release(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(wish(f, "held", ENGINE_RELEASE), -ENODATA);
	assert_int_equal(wish(f, "held", ENGINE_RUN), 0);
	run_until(f, "held", "\"state\":\"held\"");
	run_until(f, "held", "the sentinel is not at the upstream");
	assert_int_equal(wish(f, "held", ENGINE_RUN), -EBUSY);
	assert_int_equal(wish(f, "held", ENGINE_RESUME), -EBUSY);
	close_engine(f);
	open_engine(f);
	run_until(f, "held", "\"state\":\"held\""); /* still */
	run_until(f, "held", "the sentinel is not at the upstream");
	assert_int_equal(wish(f, "held", ENGINE_RELEASE), 0);
	run_until(f, "held", "1 came, 0 went");
	assert_true(rsyncd_has(&up, "root/held/current/a", "a\n"));
}

static void slow_down(struct fixture *f)
{
	rsyncd_shell(&up, "head -c 20M /dev/urandom >up/large");
	f->projects[0].bandwidth_mbps = 8;
}

static void test_pause(void **state)
{
	struct fixture *f = *state;

	slow_down(f);
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "\"step\":\"fetch\"");
	assert_int_equal(wish(f, "good", ENGINE_STOP), 0);
	run_until(f, "good", "\"state\":\"paused\"");
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "\"state\":\"paused\"");
	f->projects[0].bandwidth_mbps = 0;
	assert_int_equal(wish(f, "good", ENGINE_RESUME), 0);
	run_until(f, "good", "came, 0 went");
	rsyncd_shell(&up, "cmp up/large root/good/current/large");
}

static void test_operators_hold(void **state)
{
	struct fixture *f = *state;

	slow_down(f);
	f->projects[0].bandwidth_mbps = 80;
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "\"step\":\"fetch\"");
	assert_int_equal(wish(f, "good", ENGINE_HOLD), 0);
	run_until(f, "good", "came, 0 went");         /* the run in progress goes on to its end, */
	run_until(f, "good", "\"state\":\"paused\""); /* and no other begins */
	assert_true(rsyncd_exists(&up, "root/good/current/large"));
}

struct answer {
	bool is_there;
	int rc;
	char text[2048];
};

static void on_answer(void *data, int rc, const char *text)
{
	struct answer *a = data;

	a->is_there = true;
	a->rc = rc;
	(void)snprintf(a->text, sizeof(a->text), "%s", rc == 0 ? text : "");
}

static struct answer ask(struct fixture *f, const char *project, const int64_t *run)
{
	struct answer a = {.is_there = false};

	struct engine_question q = {project, run == NULL ? ENGINE_RUNS : ENGINE_LOG, run == NULL ? 0 : *run};
	engine_ask(f->engine, &q, on_answer, &a);
	while (!a.is_there)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	return a;
}

static void test_history(void **state)
{
	struct fixture *f = *state;
	const int64_t newest = 0, first = 1, other = 99;

	assert_int_equal(ask(f, "nothing", NULL).rc, -ENOENT);
	assert_string_equal(ask(f, "second", NULL).text, "[]");
	assert_int_equal(ask(f, "second", &newest).rc, -ENOENT);
	assert_int_equal(wish(f, "second", ENGINE_RUN), 0);
	run_until(f, "second", "no such module");
	run_until(f, "second", "\"state\":\"waiting\"");
	struct answer a = ask(f, "second", NULL);
	assert_non_null(strstr(a.text, "[{\"id\":1,\"upstream\":\"rsync://127.0.0.1:8730/other/\""));
	assert_non_null(strstr(a.text, "\"outcome\":\"configuration\",\"why\":\"failed\""));
	assert_non_null(strstr(ask(f, "second", &newest).text, "@ERROR: Unknown module 'other'"));
	assert_non_null(strstr(ask(f, "second", &first).text, "@ERROR: Unknown module 'other'"));
	assert_int_equal(ask(f, "second", &other).rc, -ENOENT);
	assert_int_equal(ask(f, "good", &first).rc, -ENOENT);
}

static void test_push_in_mid_run(void **state)
{
	struct fixture *f = *state;

	slow_down(f);
	f->projects[0].bandwidth_mbps = 80;
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "\"step\":\"fetch\"");
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "\"state\":\"running\"");
	run_until(f, "good", "nothing is new"); /* of one more run */
}

static void test_restart_in_mid_run(void **state)
{
	struct fixture *f = *state;

	slow_down(f);
	assert_int_equal(wish(f, "good", ENGINE_RUN), 0);
	run_until(f, "good", "\"step\":\"fetch\"");
	assert_non_null(strstr(ask(f, "good", NULL).text, "\"step\":\"fetch\",\"outcome\":null"));
	close_engine(f);
	assert_false(rsyncd_exists(&up, "root/good/current"));
	f->projects[0].bandwidth_mbps = 0;
	open_engine(f); /* it runs again, and nobody has to ask */
	run_until(f, "good", "came, 0 went");
	rsyncd_shell(&up, "cmp up/large root/good/current/large");
}

/* Another process is the daemon, until it is killed; rsync is not. */
static void test_kill_of_the_daemon(void **state)
{
	struct fixture *f = *state;
	int status;

	slow_down(f);
	close_engine(f);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		open_engine(f);
		(void)wish(f, "good", ENGINE_RUN);
		while (true)
			(void)uv_run(&f->loop, UV_RUN_ONCE);
	}
	for (unsigned ms = 0; rsyncd_shell_status(&up, "ls -A root/good/work | grep -q large.") != 0; ms += 20) {
		assert_true(ms < LIMIT_MS);
		(void)usleep(20000);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(rsyncd_shell_status(&up, "flock -n root/good/lock true"), 1); /* held by rsync, which lives */
	f->projects[0].bandwidth_mbps = 0;
	open_engine(f);
	run_until(f, "good", "came, 0 went");
	rsyncd_shell(&up, "cmp up/large root/good/current/large");
}

static void test_places_that_cannot_be_used(void **state)
{
	static char nowhere[] = "/nonexistent";
	struct fixture *f = *state;
	struct engine *e = NULL;
	char *root = f->mirror.root;

	f->mirror.root = nowhere;
	assert_int_equal(engine_open(&f->config, &e), -ENOENT);
	f->mirror.root = root;
	f->config.database = "/nonexistent/mirror.db";
	assert_int_equal(engine_open(&f->config, &e), -ENOENT);
	assert_null(e);
	f->config.database = f->database;
	assert_int_equal(engine_open(&f->config, &e), 0);
	engine_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_runs, setup, teardown),
		cmocka_unit_test_setup_teardown(test_next_upstream, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hold_and_release, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pause, setup, teardown),
		cmocka_unit_test_setup_teardown(test_operators_hold, setup, teardown),
		cmocka_unit_test_setup_teardown(test_history, setup, teardown),
		cmocka_unit_test_setup_teardown(test_push_in_mid_run, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restart_in_mid_run, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kill_of_the_daemon, setup, teardown),
		cmocka_unit_test_setup_teardown(test_places_that_cannot_be_used, setup, teardown),
	};

	rsyncd_start(&up);
	int rc = cmocka_run_group_tests_name("mirror/engine", tests, NULL, NULL);
	rsyncd_stop(&up);
	return rc;
}
