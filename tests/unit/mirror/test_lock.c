/* A lock that is held as long as a program of its run lives, whoever started it; and who still has it is found. */
/* SPDX-License-Identifier: MIT */
#include "mirror/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT_MS = 10000 };

struct fixture {
	char folder[32], path[48];
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.folder = "/tmp/lock-XXXXXX"};
	if (mkdtemp(f.folder) == NULL)
		return -1;
	(void)snprintf(f.path, sizeof(f.path), "%s/lock", f.folder);
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	const struct fixture *f = *state;

	(void)unlink(f->path);
	return rmdir(f->folder);
}

/* What is left over of a run: a program with the lock as its descriptor 3, in a session of its own. */
static pid_t start_holder(const char *path)
{
	int ready[2], lock;
	char byte;

	assert_int_equal(lock_take(path, &lock), 0);
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)setsid();
		if (lock == LOCK_CHILD_FD)
			(void)fcntl(lock, F_SETFD, 0);
		else
			(void)dup2(lock, LOCK_CHILD_FD);
		(void)execlp("sleep", "sleep", "1000", (char *)NULL);
		_exit(127);
	}
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 0); /* closed by the exec */
	(void)close(ready[0]);
	(void)close(lock); /* the daemon is gone */
	return pid;
}

static void test_one_at_a_time(void **state)
{
	const struct fixture *f = *state;
	int fd, other = -1;

	assert_int_equal(lock_take(f->path, &fd), 0);
	assert_int_equal(lock_take(f->path, &other), -EWOULDBLOCK);
	assert_int_equal(other, -1);
	(void)close(fd);
	assert_int_equal(lock_take(f->path, &fd), 0);
	(void)close(fd);
	assert_int_equal(lock_reap(f->path, LIMIT_MS), 0); /* nobody's */
}

static void test_left_over(void **state)
{
	const struct fixture *f = *state;
	int fd, status;

	pid_t pid = start_holder(f->path);
	assert_int_equal(lock_take(f->path, &fd), -EWOULDBLOCK); /* no second run beside it */
	assert_int_equal(lock_reap(f->path, LIMIT_MS), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(lock_take(f->path, &fd), 0);
	(void)close(fd);
}

static void test_bystanders_live(void **state)
{
	const struct fixture *f = *state;
	char other[64];
	int status;

	(void)snprintf(other, sizeof(other), "%s.other", f->path);
	pid_t bystander = start_holder(other), holder = start_holder(f->path);
	assert_int_equal(lock_reap(f->path, LIMIT_MS), 1);
	assert_int_equal(waitpid(holder, &status, 0), holder);
	assert_int_equal(waitpid(bystander, &status, WNOHANG), 0);
	assert_int_equal(kill(bystander, SIGKILL), 0);
	assert_int_equal(waitpid(bystander, &status, 0), bystander);
	assert_int_equal(unlink(other), 0);
}

static void test_another_daemon_is_not_killed(void **state)
{
	const struct fixture *f = *state;
	int fd;

	assert_int_equal(lock_take(f->path, &fd), 0);
	assert_int_equal(lock_reap(f->path, 50), -EWOULDBLOCK); /* it has the lock, but not as a program of a run */
	(void)close(fd);
}

static void test_wrong_place(void **state)
{
	(void)state;
	int fd;

	assert_int_equal(lock_take("/nonexistent/lock", &fd), -ENOENT);
	assert_int_equal(lock_reap("/nonexistent/lock", LIMIT_MS), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_one_at_a_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bystanders_live, setup, teardown),
		cmocka_unit_test_setup_teardown(test_another_daemon_is_not_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_place, setup, teardown),
	};

	return cmocka_run_group_tests_name("mirror/lock", tests, NULL, NULL);
}
