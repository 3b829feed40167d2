/* SPDX-License-Identifier: MIT */
#include "sys/ask.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 16384 };

static int64_t now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/** Wait until @fd is ready for @events. Return: 0, or a negative errno. */
static int wait_for(int fd, short events, int64_t deadline_ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left_ms = deadline_ms - now_ms();

	int n = left_ms <= 0 ? 0 : poll(&p, 1, (int)left_ms);
	if (n < 0)
		return -errno;
	return n == 0 ? -ETIMEDOUT : 0;
}

static int read_all(int fd, const struct ask *a, int64_t deadline_ms, struct buf *answer)
{
	for (;;) {
		char piece[PIECE_BYTES];
		int rc = wait_for(fd, POLLIN, deadline_ms);
		if (rc < 0)
			return rc;
		ssize_t n = read(fd, piece, sizeof(piece));
		if (n < 0)
			return -errno;
		if (n == 0)
			return a->is_whole == NULL ? 0 : -EPROTO;
		rc = buf_add(answer, piece, (size_t)n);
		if (rc < 0 || (a->is_whole != NULL && a->is_whole(answer->data)))
			return rc;
	}
}

static int connect_unix(int fd, const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	return connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

/** From the loopback address: what is the machine's own business is told to nobody else. */
static int connect_tcp(int fd, const struct addr *to)
{
	struct addr own;

	(void)addr_parse(addr_family(to) == AF_INET ? "127.0.0.1" : "::1", 0, &own);
	if (bind(fd, &own.sa, addr_len(&own)) < 0 || connect(fd, &to->sa, addr_len(to)) < 0)
		return -errno;
	return 0;
}

int ask(const struct ask *a, unsigned limit_ms, struct buf *answer)
{
	int64_t deadline_ms = now_ms() + limit_ms;
	int family = a->socket != NULL ? AF_UNIX : addr_family(a->to);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	int rc = a->socket != NULL ? connect_unix(fd, a->socket) : connect_tcp(fd, a->to);
	if (rc == 0 || rc == -EINPROGRESS)
		rc = wait_for(fd, POLLOUT, deadline_ms);
	if (rc == 0 && send(fd, a->question, strlen(a->question), MSG_NOSIGNAL) < 0) /* small: at once, or not at all */
		rc = -errno;
	if (rc == 0)
		rc = read_all(fd, a, deadline_ms, answer);
	(void)close(fd);
	return rc;
}

const char *ask_http_body(const char *text)
{
	if (strncmp(text, "HTTP/1.1 200 ", 13) != 0)
		return NULL;
	const char *end = strstr(text, "\r\n\r\n");
	return end == NULL ? NULL : end + 4;
}
