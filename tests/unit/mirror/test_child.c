/* Programs of a run, real ones: how they end, what they say, and that nothing they started outlives them. */
/* SPDX-License-Identifier: MIT */
#include "mirror/child.h"

#include "mirror/cgroup.h"
#include "mirror/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIMIT_MS = 20000 };

struct fixture {
	uv_loop_t loop;
	uv_timer_t poll, limit;
	char folder[32], lock_path[48], out[48];
	int lock;
	struct child *child;
	/* what came of it: */
	unsigned n_ends;
	struct ending ending;
	char said[CHILD_SAID_MAX_BYTES + 1], live[32];
};

static int setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	(void)snprintf(f.folder, sizeof(f.folder), "/tmp/child-XXXXXX");
	if (mkdtemp(f.folder) == NULL || uv_loop_init(&f.loop) < 0)
		return -1;
	(void)snprintf(f.lock_path, sizeof(f.lock_path), "%s/lock", f.folder);
	(void)snprintf(f.out, sizeof(f.out), "%s/out", f.folder);
	*state = &f;
	return lock_take(f.lock_path, &f.lock);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	if (uv_loop_close(&f->loop) < 0) /* a handle was leaked */
		return -1;
	(void)close(f->lock);
	(void)unlink(f->lock_path);
	(void)unlink(f->out);
	return rmdir(f->folder);
}

static void on_end(const struct ending *e, void *data)
{
	struct fixture *f = data;

	f->n_ends++;
	f->ending = *e;
	(void)snprintf(f->said, sizeof(f->said), "%s", e->said);
	f->child = NULL;
}

static void on_said(const char *text, size_t len, void *data)
{
	struct fixture *f = data;

	(void)strncat(f->live, text, len);
}

static struct child_config shell(struct fixture *f, char *script)
{
	static char *argv[4];
	static char sh[] = "sh", option[] = "-c";

	argv[0] = sh;
	argv[1] = option;
	argv[2] = script;
	return (struct child_config){
		.loop = &f->loop, .argv = argv, .folder = f->folder, .lock = f->lock, .on_end = on_end, .data = f};
}

static void start(struct fixture *f, const struct child_config *config)
{
	assert_int_equal(child_start(config, &f->child), 0);
}

static void on_limit(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("too late");
}

/* Turn the loop until @is_over; then it may turn on. */
static void run_until(struct fixture *f, bool (*is_over)(struct fixture *f))
{
	assert_int_equal(uv_timer_init(&f->loop, &f->limit), 0);
	assert_int_equal(uv_timer_start(&f->limit, on_limit, LIMIT_MS, 0), 0);
	while (!is_over(f)) {
		assert_true(uv_run(&f->loop, UV_RUN_NOWAIT) >= 0);
		(void)usleep(1000);
	}
	uv_close((uv_handle_t *)&f->limit, NULL);
	(void)uv_run(&f->loop, UV_RUN_NOWAIT);
}

static bool has_ended(struct fixture *f)
{
	return f->n_ends > 0;
}

static void run(struct fixture *f, char *script)
{
	struct child_config config = shell(f, script);

	start(f, &config);
	run_until(f, has_ended);
	assert_int_equal(f->n_ends, 1);
}

static void test_status_and_what_it_says(void **state)
{
	struct fixture *f = *state;
	char script[] = "echo out; echo err >&2; exit 24";

	run(f, script);
	assert_int_equal(f->ending.status, 24);
	assert_int_equal(f->ending.signal, 0);
	assert_string_equal(f->said, "out\nerr\n");
}

static bool has_said(struct fixture *f)
{
	return strcmp(f->live, "out?\n") == 0; /* a text has no NUL */
}

static void test_what_it_says_is_told_as_it_says_it(void **state)
{
	struct fixture *f = *state;
	char script[] = "printf 'out\\0\\n'; sleep 100";
	struct child_config config = shell(f, script);

	config.on_said = on_said;
	start(f, &config);
	run_until(f, has_said);
	assert_int_equal(f->n_ends, 0);
	child_stop(f->child);
	run_until(f, has_ended);
}

static void test_out_goes_to_a_file(void **state)
{
	struct fixture *f = *state;
	char script[] = "echo out; echo err >&2", text[16] = "";
	struct child_config config = shell(f, script);

	config.out = f->out;
	start(f, &config);
	run_until(f, has_ended);
	assert_string_equal(f->said, "err\n");
	FILE *file = fopen(f->out, "r");
	assert_non_null(file);
	assert_non_null(fgets(text, sizeof(text), file));
	(void)fclose(file);
	assert_string_equal(text, "out\n");

	(void)unlink(f->out); /* a link is not followed */
	assert_int_equal(symlink("/etc/passwd", f->out), 0);
	assert_int_equal(child_start(&config, &f->child), -ELOOP);
	assert_int_equal(f->n_ends, 1);
}

static void test_the_end_of_much_is_kept(void **state)
{
	struct fixture *f = *state;
	char script[] = "seq 1 200000 >&2; echo last >&2";

	run(f, script);
	size_t len = strlen(f->said);
	assert_int_equal(len, CHILD_SAID_MAX_BYTES);
	assert_string_equal(f->said + len - 12, "200000\nlast\n" + 0);
}

static void test_environment(void **state)
{
	struct fixture *f = *state;
	char script[] = "env | sort; pwd; readlink /proc/self/fd/0 /proc/self/fd/3";
	static const char *const more[] = {"PROJECT=debian", NULL};
	struct child_config config = shell(f, script);
	char expected[256];

	assert_int_equal(setenv("RSYNC_PASSWORD", "secret", 1), 0);
	config.more = more;
	start(f, &config);
	run_until(f, has_ended);
	(void)snprintf(expected, sizeof(expected),
	               "HOME=/\nLC_ALL=C\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nPROJECT=debian\nPWD=%s\n%s\n"
	               "/dev/null\n%s\n",
	               f->folder, f->folder, f->lock_path);
	assert_string_equal(f->said, expected);
}

static void test_no_such_program(void **state)
{
	struct fixture *f = *state;
	static char name[] = "no-such-program";
	char *argv[] = {name, NULL}, script[] = "exit 0";
	struct child_config config = shell(f, script);

	config.argv = argv;
	assert_int_equal(child_start(&config, &f->child), -ENOENT);
	config.argv = shell(f, script).argv;
	config.folder = "/nonexistent";
	assert_int_equal(child_start(&config, &f->child), -ENOENT);
	config.folder = f->folder;
	config.out = "/nonexistent/out";
	assert_int_equal(child_start(&config, &f->child), -ENOENT);
	assert_int_equal(f->n_ends, 0);
	assert_int_equal(uv_run(&f->loop, UV_RUN_DEFAULT), 0);
}

static bool lock_is_free(struct fixture *f)
{
	int fd;

	if (lock_take(f->lock_path, &fd) < 0)
		return false;
	(void)close(f->lock);
	f->lock = fd;
	return true;
}

/* Let go of the daemon's part of the lock: it is then held by what the program has left, if anything. */
static void assert_nothing_is_left(struct fixture *f)
{
	(void)close(f->lock);
	run_until(f, lock_is_free);
}

static void test_what_it_started_ends_with_it(void **state)
{
	struct fixture *f = *state;
	char script[] = "sleep 1000 & sleep 1000 & exit 3";

	run(f, script);
	assert_int_equal(f->ending.status, 3);
	assert_nothing_is_left(f);
}

static bool has_out(struct fixture *f)
{
	struct stat st;

	return stat(f->out, &st) == 0;
}

static void test_stop(void **state)
{
	struct fixture *f = *state;
	char script[] = "trap 'exit 20' TERM; sleep 1000 & touch out; wait";
	struct child_config config = shell(f, script);

	start(f, &config);
	run_until(f, has_out);
	child_stop(f->child);
	child_stop(f->child);
	run_until(f, has_ended);
	assert_int_equal(f->n_ends, 1);
	assert_int_equal(f->ending.status, 20);
	assert_nothing_is_left(f);
}

static void test_stop_of_one_that_does_not_listen(void **state)
{
	struct fixture *f = *state;
	char script[] = "trap '' TERM; touch out; while :; do sleep 1; done";
	struct child_config config = shell(f, script);

	start(f, &config);
	run_until(f, has_out);
	uint64_t before = uv_hrtime();
	child_stop(f->child);
	run_until(f, has_ended);
	assert_int_equal(f->ending.signal, SIGKILL);
	assert_true(uv_hrtime() - before >= (CHILD_GRACE_MS - 100) * UINT64_C(1000000)); /* it had its time */
	assert_nothing_is_left(f);
}

/* A program that leaves its group, and is out of it before the one that started it ends. */
#define LEAVE "setsid -f sh -c 'touch out; exec sleep 1000'; until [ -e out ]; do sleep 0.01; done; "

static void test_cgroup(void **state)
{
	struct fixture *f = *state;
	char script[] = "exec </dev/null >/dev/null 2>&1; " LEAVE, name[32], folder[PATH_MAX];
	struct child_config config = shell(f, script);

	(void)snprintf(name, sizeof(name), "fontaine-child-%d", getpid());
	bool has_cgroup = cgroup_make(name, folder) == 0; /* else the lock tells who has left the group */
	config.cgroup = has_cgroup ? folder : NULL;
	start(f, &config);
	run_until(f, has_ended);
	if (has_cgroup) {
		assert_nothing_is_left(f);
	} else {
		(void)close(f->lock);
		assert_int_equal(lock_reap(f->lock_path, LIMIT_MS), 1);
		assert_int_equal(lock_take(f->lock_path, &f->lock), 0);
	}
	assert_int_equal(has_cgroup ? cgroup_remove(folder) : 0, 0);
}

static void test_output_held_open(void **state)
{
	struct fixture *f = *state;
	char script[] = LEAVE "echo done";

	run(f, script);
	assert_string_equal(f->said, "done\n");
	(void)close(f->lock);
	assert_int_equal(lock_reap(f->lock_path, LIMIT_MS), 1);
	assert_int_equal(lock_take(f->lock_path, &f->lock), 0);
}

static bool has_moved(struct fixture *f)
{
	return child_moved_bytes(f->child) > 10 << 20;
}

static void test_moved_bytes(void **state)
{
	struct fixture *f = *state;
	char script[] = "touch out; read x <&3; (head -c 20M /dev/zero >/dev/null; sleep 1000)", quiet[] = "sleep 1000";
	struct child_config config = shell(f, quiet);

	start(f, &config);
	assert_true(child_moved_bytes(f->child) < 1 << 20);
	child_stop(f->child);
	run_until(f, has_ended);
	f->n_ends = 0;
	config = shell(f, script);
	start(f, &config);
	run_until(f, has_moved); /* of a grandchild, which has ended */
	child_stop(f->child);
	run_until(f, has_ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_status_and_what_it_says, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_it_says_is_told_as_it_says_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_out_goes_to_a_file, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_end_of_much_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_environment, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_such_program, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_it_started_ends_with_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop_of_one_that_does_not_listen, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cgroup, setup, teardown),
		cmocka_unit_test_setup_teardown(test_output_held_open, setup, teardown),
		cmocka_unit_test_setup_teardown(test_moved_bytes, setup, teardown),
	};

	return cmocka_run_group_tests_name("mirror/child", tests, NULL, NULL);
}
