/* A private view of the file system or the network for one test, without privileges. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_NAMESPACE_H
#define FONTAINE_TESTS_NAMESPACE_H

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

static inline int namespace_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = write(fd, text, strlen(text));
	(void)close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/**
 * Move the calling process, which has one thread, to user and mount namespaces of
 * its own, where it may mount and nobody else sees it. Return: 0, or -1 where the
 * kernel does not let it.
 */
static inline int namespace_enter(void)
{
	char uid_map[32], gid_map[32];

	(void)snprintf(uid_map, sizeof(uid_map), "0 %u 1", getuid());
	(void)snprintf(gid_map, sizeof(gid_map), "0 %u 1", getgid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
	    namespace_write("/proc/self/setgroups", "deny") < 0 ||
	    namespace_write("/proc/self/uid_map", uid_map) < 0 ||
	    namespace_write("/proc/self/gid_map", gid_map) < 0)
		return -1;
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

/**
 * Move the calling process, which has one thread, to a network of its own, with
 * loopback alone: nobody else takes its ports. Return: as namespace_enter().
 */
static inline int namespace_enter_network(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return -1;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	int rc = ioctl(fd, SIOCSIFFLAGS, &lo);
	(void)close(fd);
	return rc;
}

#endif
