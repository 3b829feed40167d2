/* SPDX-License-Identifier: MIT */
#include "mirror/gpgv.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ_BYTES = 4096 };

/** Start @argv with @out_fd as its standard output, and nothing else. Return: 0 or a negative errno. */
static int start(const char *const *argv, int out_fd, pid_t *ret_pid)
{
	static char path[] = "PATH=/usr/bin:/bin", home[] = "HOME=/nonexistent", language[] = "LC_ALL=C";
	char *const environment[] = {path, home, language, NULL};
	posix_spawn_file_actions_t actions;

	int rc = posix_spawn_file_actions_init(&actions);
	if (rc != 0)
		return -rc;
	rc = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (rc == 0)
		rc = posix_spawnp(ret_pid, argv[0], &actions, NULL, (char *const *)argv, environment);
	(void)posix_spawn_file_actions_destroy(&actions);
	return -rc;
}

/** All that it says, up to what is worth reading: it is read to its end, so that it ends. */
static void read_all(int fd, struct buf *b)
{
	char chunk[READ_BYTES];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			(void)buf_add(b, chunk, (size_t)n);
}

int gpgv_check(const char *keyring, const char *path, const char *text, char ret[SIGNATURE_TEXT_MAX])
{
	const char *argv[SIGNATURE_ARGUMENTS_MAX];
	struct buf status;
	int out[2];
	pid_t pid;

	signature_command(keyring, path, text, argv);
	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	int rc = start(argv, out[1], &pid);
	(void)close(out[1]);
	if (rc == 0) {
		buf_init(&status, SIGNATURE_STATUS_MAX);
		read_all(out[0], &status);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			continue;
		rc = signature_verdict(status.data == NULL ? "" : status.data, status.len, ret);
		buf_done(&status);
	}
	(void)close(out[0]);
	return rc;
}
