/* Landlock alone: which files and ports stay within reach. */
/* SPDX-License-Identifier: MIT */
#include "sys/landlock.h"

#include "../../../support/sandboxed.h"
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The version of the kernel's interface; at most 0: it has none. */
static long abi;

/* A directory to try things in; names below are relative to it. */
static char root[] = "/tmp/fontaine-landlock-XXXXXX";
static const char *const directories[] = {"read", "write", "other"};
static const char *const files[] = {"read/file", "write/file", "other/file", "single"};

static const char *const read_paths[] = {"read", "single", NULL};
static const char *const write_paths[] = {"write", NULL};
static const struct sandbox box = {.read_paths = read_paths, .write_paths = write_paths};

static int setup(void **state)
{
	(void)state;
	abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (mkdtemp(root) == NULL || chdir(root) < 0)
		return -1;
	for (size_t i = 0; i < COUNT(directories); i++)
		if (mkdir(directories[i], 0755) < 0)
			return -1;
	for (size_t i = 0; i < COUNT(files); i++) {
		int fd = open(files[i], O_WRONLY | O_CREAT, 0644);
		if (fd < 0 || write(fd, "text", 4) != 4 || close(fd) < 0)
			return -1;
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(files); i++)
		(void)unlink(files[i]);
	for (size_t i = 0; i < COUNT(directories); i++)
		(void)rmdir(directories[i]);
	return rmdir(root);
}

struct open_case {
	const char *path;
	int flags;
	int expected;
};

static int try_open(const void *arg)
{
	const struct open_case *c = arg;
	return open(c->path, c->flags, 0644) < 0 ? errno : 0;
}

static void test_files(void **state)
{
	(void)state;
	static const struct open_case cases[] = {
		{"read/file", O_RDONLY, 0},
		{"read", O_RDONLY | O_DIRECTORY, 0},
		{"read/file", O_WRONLY, EACCES},
		{"read/new", O_WRONLY | O_CREAT, EACCES},
		{"single", O_RDONLY, 0},
		{"single", O_RDWR, EACCES},
		{"write/file", O_RDONLY, 0},
		{"write/file", O_RDWR | O_TRUNC, 0},
		{"write", O_RDONLY | O_DIRECTORY, 0},
		{"other/file", O_RDONLY, EACCES},
		{"other/file", O_WRONLY, EACCES},
		{"read/../other/file", O_RDONLY, EACCES},
		{".", O_RDONLY | O_DIRECTORY, EACCES},
		{"/etc/passwd", O_RDONLY, EACCES},
		{"/", O_RDONLY | O_DIRECTORY, EACCES},
	};

	if (abi < 1)
		skip();
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(sandboxed(landlock_apply, &box, try_open, &cases[i]),
		                 cases[i].expected);
}

/* What SQLite, and every writer of a file in two steps, does. */
static int try_replace(const void *arg)
{
	(void)arg;
	int fd = open("write/new", O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, 8192) < 0 || pwrite(fd, "new!", 4, 4096) != 4 || fsync(fd) < 0)
		return errno;
	void *map = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || munmap(map, 8192) < 0 || close(fd) < 0 ||
	    rename("write/new", "write/newer") < 0 || unlink("write/newer") < 0)
		return errno;
	return 0;
}

static int try_unlink_readable(const void *arg)
{
	(void)arg;
	return unlink("read/file") < 0 ? errno : 0;
}

static int try_move_out(const void *arg)
{
	(void)arg;
	return rename("write/file", "other/moved") < 0 ? errno : 0;
}

static int try_truncate_readable(const void *arg)
{
	(void)arg;
	return truncate("read/file", 0) < 0 ? errno : 0;
}

static void test_directories(void **state)
{
	(void)state;
	if (abi < 3)
		skip();
	assert_int_equal(sandboxed(landlock_apply, &box, try_replace, NULL), 0);
	assert_int_equal(sandboxed(landlock_apply, &box, try_unlink_readable, NULL), EACCES);
	assert_int_equal(sandboxed(landlock_apply, &box, try_truncate_readable, NULL), EACCES);
	assert_int_equal(sandboxed(landlock_apply, &box, try_move_out, NULL), EACCES);
}

static int try_exec(const void *arg)
{
	(void)arg;
	(void)execl("/usr/bin/true", "true", NULL);
	return errno;
}

static void test_programs(void **state)
{
	(void)state;
	const char *const system[] = {"/usr", "/etc", NULL};
	struct sandbox s = {.read_paths = system};

	if (abi < 1)
		skip();
	assert_int_equal(sandboxed(landlock_apply, &s, try_exec, NULL), EACCES);
	s.processes = true;
	assert_int_equal(sandboxed(landlock_apply, &s, try_exec, NULL), 0);
	s.read_paths = read_paths;
	assert_int_equal(sandboxed(landlock_apply, &s, try_exec, NULL), EACCES);
}

static struct sockaddr_in loopback = {.sin_family = AF_INET};

static int try_connect(const void *arg)
{
	(void)arg;
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return connect(fd, (struct sockaddr *)&loopback, sizeof(loopback)) < 0 ? errno : 0;
}

static int try_bind(const void *arg)
{
	(void)arg;
	struct sockaddr_in any = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	return bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 ? errno : 0;
}

static void test_ports(void **state)
{
	(void)state;
	const struct sandbox closed = {.network = false}, open = {.network = true};
	socklen_t len = sizeof(loopback);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (abi < 4)
		skip();
	loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&loopback, len), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&loopback, &len), 0);

	assert_int_equal(sandboxed(landlock_apply, &closed, try_connect, NULL), EACCES);
	assert_int_equal(sandboxed(landlock_apply, &closed, try_bind, NULL), EACCES);
	assert_int_equal(sandboxed(landlock_apply, &open, try_connect, NULL), 0);
	assert_int_equal(sandboxed(landlock_apply, &open, try_bind, NULL), 0);
	(void)close(fd);
}

static int try_signal_parent(const void *arg)
{
	(void)arg;
	return kill(getppid(), 0) < 0 ? errno : 0;
}

static void test_signals(void **state)
{
	(void)state;
	if (abi < 6)
		skip();
	assert_int_equal(sandboxed(landlock_apply, &box, try_signal_parent, NULL), EPERM);
}

static char last_error[256];

static void remember(const struct log_record *record)
{
	(void)snprintf(last_error, sizeof(last_error), "%s", record->message);
}

/* Without a child: the rule set is never applied. */
static void test_missing_path(void **state)
{
	(void)state;
	const char *const paths[] = {"read", "missing", NULL};

	if (abi < 1)
		skip();
	log_set_sink(remember);
	assert_int_equal(landlock_apply(&(struct sandbox){.read_paths = paths}), -ENOENT);
	assert_string_equal(last_error, "sandbox: missing: No such file or directory");
	assert_int_equal(try_open(&(struct open_case){"other/file", O_RDONLY, 0}), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_directories),
		cmocka_unit_test(test_programs),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_missing_path),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
