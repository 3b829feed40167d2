/* A program that is run, and what it says. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

static uint64_t clock_ms(void)
{
	return uv_hrtime() / 1000000;
}

/** Start @argv with both of its outputs in a pipe. Return: 0, or a negative errno. */
static int start(const char *const argv[], pid_t *ret_pid, int *ret_fd)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t signals;
	sigset_t usual;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&files, ends[1], STDOUT_FILENO);
	(void)posix_spawn_file_actions_adddup2(&files, ends[1], STDERR_FILENO);
	(void)posix_spawnattr_init(&signals);
	(void)sigemptyset(&usual);
	(void)sigaddset(&usual, SIGPIPE);
	(void)posix_spawnattr_setsigdefault(&signals, &usual);
	(void)posix_spawnattr_setflags(&signals, POSIX_SPAWN_SETSIGDEF);
	int rc = -posix_spawnp(ret_pid, argv[0], &files, &signals, (char *const *)argv, environ);
	(void)posix_spawnattr_destroy(&signals);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)close(ends[1]);
	if (rc < 0)
		(void)close(ends[0]);
	else
		*ret_fd = ends[0];
	return rc;
}

/** Read until the end. Return: whether it came before @end_ms. */
static bool listen_to(int fd, uint64_t end_ms, struct buf *said)
{
	char piece[4096];

	for (;;) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		uint64_t now_ms = clock_ms();
		if (now_ms >= end_ms)
			return false;
		if (poll(&p, 1, (int)(end_ms - now_ms)) <= 0)
			continue;
		ssize_t n = read(fd, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return true;
		(void)buf_add(said, piece, (size_t)n); /* what there is no room for is left */
	}
}

int child_run(const char *const argv[], unsigned limit_ms, struct buf *said)
{
	const uint64_t end_ms = clock_ms() + limit_ms;
	pid_t pid = 0;
	int fd = -1, status;

	int rc = start(argv, &pid, &fd);
	if (rc < 0) {
		(void)buf_printf(said, "%s: %s\n", argv[0], strerror(-rc));
		return rc;
	}
	if (!listen_to(fd, end_ms, said)) {
		(void)kill(pid, SIGKILL);
		rc = -ETIMEDOUT;
	}
	(void)close(fd);
	if (waitpid(pid, &status, 0) == pid && rc == 0)
		rc = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return rc;
}
