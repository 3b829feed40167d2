/* Runs that are stopped, killed, kept waiting, or never over, at each step. */
/* SPDX-License-Identifier: MIT */
#include "mirror/runner.h"

#include "runner_fixture.h"

/* Each step stopped as it begins. */
static void stop_at(struct fixture *f, enum run_step step)
{
	if ((unsigned)step == f->n_generations)
		runner_stop(f->runner);
}

static void test_stop_at_every_step(void **state)
{
	struct fixture *f = *state;

	f->at_step = stop_at;
	for (enum run_step step = RUN_LIST; step < RUN_PUBLISH; step++) {
		f->n_generations = step;
		assert_int_equal(run(f), OUTCOME_KILLED);
		assert_int_equal(f->end.run.why, RUN_STOPPED);
		assert_string_equal(f->words, "stopped");
		assert_false(rsyncd_exists(&up, "project/current"));
	}
	f->at_step = NULL;
	f->n_generations = 0;
	publish_first(f); /* whatever was stopped before */
	assert_true(rsyncd_has(&up, "project/current/pool/a", "one"));
}

/* rsync itself is killed. */
static void kill_rsync(uv_timer_t *timer)
{
	const struct fixture *f = timer->data;
	char lock[RSYNCD_PATH_MAX + 8];

	(void)snprintf(lock, sizeof(lock), "%s/lock", f->folder);
	assert_int_equal(lock_reap(lock, 1), -EWOULDBLOCK); /* we have it ourselves, too */
	uv_close((uv_handle_t *)timer, NULL);
}

static void kill_soon(struct fixture *f, enum run_step step)
{
	static uv_timer_t timer;

	if (step != RUN_FETCH)
		return;
	timer.data = f;
	assert_int_equal(uv_timer_init(&f->loop, &timer), 0);
	assert_int_equal(uv_timer_start(&timer, kill_rsync, 300, 0), 0);
}

static void test_kill_of_rsync(void **state)
{
	struct fixture *f = *state;

	publish_first(f);
	f->project.bandwidth_mbps = 8; /* a megabyte each second */
	f->at_step = kill_soon;
	rsyncd_shell(&up, "head -c 20M /dev/urandom >up/pool/large");
	assert_int_equal(run(f), OUTCOME_KILLED);
	assert_int_equal(f->end.run.ended_at, RUN_FETCH);
	assert_false(rsyncd_exists(&up, "project/current/pool/large"));
	f->at_step = NULL;
	f->project.bandwidth_mbps = 0;
	assert_int_equal(run(f), OUTCOME_DONE);
	rsyncd_shell(&up, "cmp up/pool/large project/current/pool/large");
}

/* An upstream that accepts, and then says nothing, or its greeting for ever. Return: its pid. */
static pid_t start_bad_upstream(const char *greeting)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(8732)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 5), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int client = accept(fd, NULL, NULL);
		(void)!write(client, greeting, strlen(greeting));
		while (usleep(100000) == 0)
			(void)!write(client, greeting, *greeting == '\0' ? 0 : 1);
	}
	(void)close(fd);
	return pid;
}

static void assert_stalls(struct fixture *f, const char *greeting)
{
	pid_t pid = start_bad_upstream(greeting);

	f->config.upstream = "rsync://127.0.0.1:8732/m/";
	f->project.stall_minutes = 0; /* as soon as somebody looks */
	assert_int_equal(run(f), OUTCOME_RETRY);
	assert_int_equal(f->end.run.why, RUN_STALLED);
	assert_string_equal(f->words, "rsync://127.0.0.1:8732/m/ sent nothing for 0 minutes");
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_silence(void **state)
{
	assert_stalls(*state, "");
}

static void test_greeting_without_end(void **state)
{
	assert_stalls(*state, "@RSYNCD: 31.0 sha256\nwelcome ");
}

static void test_overtime(void **state)
{
	struct fixture *f = *state;

	f->project.bandwidth_mbps = 8;
	f->project.timeout_hours = 0;
	rsyncd_shell(&up, "head -c 20M /dev/zero >up/pool/large");
	assert_int_equal(run(f), OUTCOME_RETRY);
	assert_int_equal(f->end.run.why, RUN_OVERTIME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stop_at_every_step, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kill_of_rsync, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silence, setup, teardown),
		cmocka_unit_test_setup_teardown(test_greeting_without_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overtime, setup, teardown),
	};

	rsyncd_start(&up);
	int rc = cmocka_run_group_tests_name("mirror/runner, faults", tests, NULL, NULL);
	rsyncd_stop(&up);
	return rc;
}
