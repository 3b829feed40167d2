/* System calls: which ones pass the filter, which fail, which end the process. */
/* SPDX-License-Identifier: MIT */
#include "sys/syscalls.h"

#include "../../../support/sandboxed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct call {
	long number;
	long args[4];
	int expected; /* as sandboxed() returns it */
};

static int try_call(const void *arg)
{
	const struct call *c = arg;
	long rc = syscall(c->number, c->args[0], c->args[1], c->args[2], c->args[3], 0L, 0L);
	return rc < 0 ? errno : 0;
}

static void assert_calls(const struct sandbox *s, const struct call *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int rc = sandboxed(syscalls_restrict, s, try_call, &calls[i]);
		if (rc != calls[i].expected)
			fail_msg("system call %ld: %d instead of %d", calls[i].number, rc,
			         calls[i].expected);
	}
}

static void test_nothing_granted(void **state)
{
	(void)state;
	static const struct call calls[] = {
		{SYS_socket, {AF_INET, SOCK_STREAM}, EPERM},
		{SYS_socket, {AF_INET6, SOCK_DGRAM}, EPERM},
		{SYS_socket, {AF_NETLINK, SOCK_RAW}, EPERM},
		{SYS_socket, {AF_UNIX, SOCK_STREAM}, EPERM},
		{SYS_socket, {AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK}, 0},
		{SYS_connect, {-1}, EPERM},
		{SYS_bind, {-1}, EPERM},
		{SYS_accept4, {-1}, EBADF}, /* it reached the kernel */
		{SYS_sendto, {-1}, EBADF},
		{SYS_execve, {0}, EPERM},
		{SYS_execveat, {-1}, EPERM},
		{SYS_clone, {SIGCHLD}, EPERM},
		{SYS_clone, {CLONE_NEWUSER}, EPERM},
		{SYS_clone3, {0}, ENOSYS},
		{SYS_kill, {1, 0}, EPERM},
		{SYS_prlimit64, {0, 0, 0}, 0},
		{SYS_prlimit64, {0, 0, 1}, EPERM},
		{SYS_prctl, {PR_GET_DUMPABLE}, EPERM},
		{SYS_prctl, {PR_SET_NAME, (long)"worker"}, 0},
		{SYS_ioctl, {-1, FIONREAD}, EBADF},
		{SYS_ioctl, {-1, TIOCSTI}, EPERM},
		{SYS_chmod, {(long)"/missing"}, EPERM},
		{SYS_io_uring_setup, {0}, EPERM},
		{SYS_memfd_create, {(long)"data", MFD_CLOEXEC}, 0},
		{100000, {0}, EPERM}, /* calls of a later kernel */
	};

	assert_calls(&(struct sandbox){0}, calls, COUNT(calls));
}

static void test_network_granted(void **state)
{
	(void)state;
	static const struct call calls[] = {
		{SYS_socket, {AF_INET, SOCK_STREAM}, 0},
		{SYS_socket, {AF_INET6, SOCK_DGRAM}, 0},
		{SYS_connect, {-1}, EBADF},
		{SYS_bind, {-1}, EBADF},
		{SYS_execve, {0}, EPERM},
		{SYS_clone, {SIGCHLD}, EPERM},
	};

	assert_calls(&(struct sandbox){.network = true}, calls, COUNT(calls));
}

static void test_processes_granted(void **state)
{
	(void)state;
	static const struct call calls[] = {
		{SYS_execve, {0}, EFAULT},
		{SYS_clone3, {0}, EINVAL},
		{SYS_kill, {0, 0}, 0},
		{SYS_chmod, {(long)"/missing"}, ENOENT},
		{SYS_socket, {AF_INET, SOCK_STREAM}, EPERM},
		{SYS_connect, {-1}, EPERM},
	};

	assert_calls(&(struct sandbox){.processes = true}, calls, COUNT(calls));
}

static void test_hostile(void **state)
{
	(void)state;
	static const struct call calls[] = {
		{SYS_ptrace, {0}, -SIGSYS},
		{SYS_process_vm_readv, {1}, -SIGSYS},
		{SYS_process_vm_writev, {1}, -SIGSYS},
		{SYS_bpf, {0}, -SIGSYS},
		{SYS_mount, {0}, -SIGSYS},
		{SYS_init_module, {0}, -SIGSYS},
		{SYS_kexec_load, {0}, -SIGSYS},
		{SYS_unshare, {CLONE_NEWUSER}, -SIGSYS},
		{SYS_setns, {-1}, -SIGSYS},
		{SYS_keyctl, {0}, -SIGSYS},
		{SYS_userfaultfd, {0}, -SIGSYS},
	};
	const struct sandbox everything = {.network = true, .processes = true};

	assert_calls(&(struct sandbox){0}, calls, COUNT(calls));
	assert_calls(&everything, calls, COUNT(calls));
}

static sem_t restricted;
static int rc_in_thread;

static void *open_socket_when_restricted(void *arg)
{
	(void)arg;
	(void)sem_wait(&restricted);
	rc_in_thread = socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
	return NULL;
}

static int start_early_thread(const struct sandbox *s)
{
	pthread_t thread;

	(void)sem_init(&restricted, 0, 0);
	if (pthread_create(&thread, NULL, open_socket_when_restricted, NULL) != 0 ||
	    syscalls_restrict(s) < 0)
		return -1;
	(void)sem_post(&restricted);
	return -pthread_join(thread, NULL);
}

static int result_in_thread(const void *arg)
{
	(void)arg;
	return rc_in_thread;
}

static void test_threads_that_run_already(void **state)
{
	(void)state;
	assert_int_equal(sandboxed(start_early_thread, &(struct sandbox){0}, result_in_thread, NULL),
	                 EPERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_granted),
		cmocka_unit_test(test_network_granted),
		cmocka_unit_test(test_processes_granted),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_threads_that_run_already),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
