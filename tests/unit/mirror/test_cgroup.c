/* A cgroup of the kernel's own: what is in it, and what is in it by its fork, ends together. */
/* SPDX-License-Identifier: MIT */
#include "mirror/cgroup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LIMIT_MS = 10000,
	POLL_MS = 5,
};

static void test_own(void **state)
{
	(void)state;
	char path[PATH_MAX] = "";

	assert_int_equal(cgroup_of("0::/system.slice/mirrord.service\n", "/sys/fs/cgroup", path), 0);
	assert_string_equal(path, "/sys/fs/cgroup/system.slice/mirrord.service");
	assert_int_equal(cgroup_of("9:name=systemd:/x\n1:cpu:/\n0::/\n", "/r", path), 0);
	assert_string_equal(path, "/r/");
	assert_int_equal(cgroup_of("9:name=systemd:/x\n1:cpu:/\n", "/r", path), -ENOENT);
	assert_int_equal(cgroup_of("", "/r", path), -ENOENT);
	assert_int_equal(cgroup_of("1:cpu:0::/x\n", "/r", path), -ENOENT);
}

static void wait_until_unused(const char *folder)
{
	for (unsigned ms = 0; cgroup_is_used(folder); ms += POLL_MS) {
		assert_true(ms < LIMIT_MS);
		(void)usleep(POLL_MS * 1000);
	}
}

/* One process that has left its session and its group, started by another that has ended: only the cgroup has it. */
static void start_in(const char *folder)
{
	char command[PATH_MAX + 128];

	(void)snprintf(command, sizeof(command), "sh -c 'echo 0 >%s/cgroup.procs; setsid -f sleep 1000'", folder);
	assert_int_equal(system(command), 0);
}

static void test_life(void **state)
{
	(void)state;
	char folder[PATH_MAX], name[32];

	(void)snprintf(name, sizeof(name), "fontaine-test-%d", getpid());
	int rc = cgroup_make(name, folder);
	if (rc < 0) { /* nothing is delegated to us: that is said, and nothing is made */
		assert_true(rc == -ENOENT || rc == -EACCES || rc == -EROFS || rc == -EPERM);
		return;
	}
	assert_int_equal(cgroup_make(name, folder), 0); /* as after a kill of the daemon */
	assert_false(cgroup_is_used(folder));
	start_in(folder);
	assert_true(cgroup_is_used(folder));
	assert_int_equal(cgroup_remove(folder), -EBUSY);
	assert_int_equal(cgroup_kill(folder), 0);
	wait_until_unused(folder);
	assert_int_equal(cgroup_remove(folder), 0);
	assert_int_equal(cgroup_remove(folder), 0);
	assert_int_equal(cgroup_kill(folder), -ENOENT);
	assert_false(cgroup_is_used(folder));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_life),
	};

	return cmocka_run_group_tests_name("mirror/cgroup", tests, NULL, NULL);
}
