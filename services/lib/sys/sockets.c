/* Listening sockets: take what systemd passed, else bind. */
/* SPDX-License-Identifier: MIT */
#include "sys/sockets.h"

#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

/* What a passed socket is held against. */
struct wanted {
	const struct addr *addr; /* NULL: a Unix socket */
	const char *path;
	int type;
};

static bool is_wanted(int fd, const struct wanted *w)
{
	struct sockaddr_storage storage = {.ss_family = AF_UNSPEC};
	socklen_t storage_len = sizeof(storage), type_len = sizeof(int);
	struct addr bound;
	int fd_type;

	if (w->addr == NULL)
		return sd_is_socket_unix(fd, w->type, 1, w->path, 0) > 0;
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &fd_type, &type_len) < 0 || fd_type != w->type)
		return false;
	if (getsockname(fd, (struct sockaddr *)&storage, &storage_len) < 0 ||
	    storage.ss_family != addr_family(w->addr))
		return false;
	addr_from_sockaddr(&storage, &bound);
	return addr_equal(&bound, w->addr);
}

/*
 * Move the socket from @passed_fd to a number of its own. /dev/null stays behind:
 * no later call finds a socket there, neither this one nor one of ours that got the number.
 * Return: the socket, or a negative errno.
 */
static int take(int passed_fd)
{
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (null_fd < 0)
		return -errno;

	int fd = fcntl(passed_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	int rc = fd < 0 ? -errno : fd;
	if (fd >= 0 && (fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK) < 0 ||
	                dup3(null_fd, passed_fd, O_CLOEXEC) < 0)) {
		rc = -errno;
		(void)close(fd);
	}
	(void)close(null_fd);
	return rc;
}

/* A socket left behind would get its share of the connections, and nobody would answer them. */
static int take_all_passed(const struct wanted *w, struct sockets *s)
{
	int n_passed = sd_listen_fds(0);
	if (n_passed < 0)
		return n_passed;

	for (int i = 0; i < n_passed; i++) {
		if (!is_wanted(SD_LISTEN_FDS_START + i, w))
			continue;
		if (s->n == SOCKETS_MAX)
			return -E2BIG;
		int fd = take(SD_LISTEN_FDS_START + i);
		if (fd < 0)
			return fd;
		s->fds[s->n++] = fd;
	}
	return 0;
}

static int enable(int fd, int level, int option)
{
	return setsockopt(fd, level, option, &(int){1}, sizeof(int));
}

/* Return: the socket, or a negative errno. */
static int bind_one(const struct addr *a, int type)
{
	int fd = socket(addr_family(a), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;

	int rc = enable(fd, SOL_SOCKET, SO_REUSEADDR);
	if (rc == 0)
		rc = enable(fd, SOL_SOCKET, SO_REUSEPORT);
	if (rc == 0 && addr_family(a) == AF_INET6)
		rc = enable(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	if (rc == 0)
		rc = bind(fd, &a->sa, addr_len(a));
	if (rc == 0 && type == SOCK_STREAM)
		rc = listen(fd, BACKLOG);
	if (rc == 0)
		return fd;
	rc = -errno;
	(void)close(fd);
	return rc;
}

static const char *remedy(int rc)
{
	switch (rc) {
	case -EADDRINUSE:
		return "another program has it (ss -lntup names it): stop that one, "
		       "or change the address or port in the POP file";
	case -EADDRNOTAVAIL:
		return "no interface has this address: add it, or change it in the POP file";
	case -EACCES:
		return "ports below 1024 are for root or a systemd socket: start the service's "
		       "socket unit, or change the port";
	case -EAFNOSUPPORT:
		return "the kernel has this family switched off: switch it on, "
		       "or remove the address from the POP file";
	case -E2BIG:
		return "systemd passed more sockets than we take: lower the number of workers";
	default:
		return "cannot open the socket";
	}
}

int sockets_open(const struct addr *a, int type, size_t n, struct sockets *ret)
{
	struct sockets s = {.n = 0};

	assert(n > 0 && n <= SOCKETS_MAX);
	int rc = take_all_passed(&(struct wanted){.addr = a, .type = type}, &s);
	if (rc == 0 && s.n > 0)
		n = s.n;
	while (rc == 0 && s.n < n) {
		int fd = bind_one(a, type);
		if (fd >= 0)
			s.fds[s.n++] = fd;
		else
			rc = fd;
	}

	if (rc < 0) {
		char text[ADDR_PORT_TEXT_MAX];
		log_error("%s: %s; %s", addr_port_text(a, text), strerror(-rc), remedy(rc));
		sockets_close(&s);
		return rc;
	}
	*ret = s;
	return 0;
}

int sockets_take_unix(const char *path, struct sockets *ret)
{
	struct sockets s = {.n = 0};
	int rc = take_all_passed(&(struct wanted){.path = path, .type = SOCK_STREAM}, &s);

	if (rc < 0) {
		log_error("%s: %s", path, strerror(-rc));
		sockets_close(&s);
		return rc;
	}
	*ret = s;
	return 0;
}

void sockets_close(struct sockets *s)
{
	while (s->n > 0)
		(void)close(s->fds[--s->n]);
}
