/* SPDX-License-Identifier: MIT */
#include "mirror/lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { POLL_MS = 10 };

int lock_take(const char *path, int *ret_fd)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	int rc = flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0;
	if (rc < 0)
		(void)close(fd);
	else
		*ret_fd = fd;
	return rc;
}

/** Whether process @pid has the file as its LOCK_CHILD_FD. */
static bool holds(long pid, const struct stat *lock)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd/%d", pid, LOCK_CHILD_FD);
	return stat(path, &st) == 0 && st.st_dev == lock->st_dev && st.st_ino == lock->st_ino;
}

/** Kill it, if it is still the one that was found: its number may be another's by now. */
static bool kill_holder(long pid, const struct stat *lock)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	bool is_killed = false;

	if (pidfd < 0)
		return false; /* it has ended */
	if (holds(pid, lock))
		is_killed = syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0;
	(void)close(pidfd);
	return is_killed;
}

/** Return: 1 when one was killed, 0, or a negative errno. */
static int kill_holders(const char *path)
{
	struct stat lock;
	struct dirent *entry;
	int rc = 0;

	if (stat(path, &lock) < 0)
		return errno == ENOENT ? 0 : -errno;
	DIR *proc = opendir("/proc");
	if (proc == NULL)
		return -errno;
	while ((entry = readdir(proc)) != NULL) {
		char *end;
		long pid = strtol(entry->d_name, &end, 10);
		if (*end == '\0' && pid != getpid() && holds(pid, &lock) && kill_holder(pid, &lock))
			rc = 1;
	}
	(void)closedir(proc);
	return rc;
}

int lock_reap(const char *path, unsigned limit_ms)
{
	int killed = 0;

	for (unsigned ms = 0;; ms += POLL_MS) {
		int fd = -1;
		int rc = lock_take(path, &fd);
		if (fd >= 0)
			(void)close(fd);
		if (rc == 0)
			return killed;
		if (rc != -EWOULDBLOCK || ms >= limit_ms)
			return rc;
		rc = kill_holders(path);
		if (rc < 0)
			return rc;
		killed |= rc;
		(void)usleep(POLL_MS * 1000);
	}
}
