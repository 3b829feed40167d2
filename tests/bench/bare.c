/*
 * What a socket costs at the least: one thread, and for each event of a
 * connection one system call that moves up to 1 MiB. Of HTTP it knows that a
 * head ends with an empty line.
 *
 *     bare write|sendfile|trunc PORT BYTES
 *
 * sends a body of BYTES for each request (write: from a buffer, sendfile: from a
 * memory file), or receives one (trunc: the kernel drops it).
 */
/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	PIECE_BYTES = 1 << 20,
	HEAD_MAX_BYTES = 4096,
	EVENTS = 64,
};

struct client {
	int fd;
	bool moving;
	uint64_t left; /* of the body */
};

struct kind {
	const char *name;
	bool sends;
	ssize_t (*move)(int fd, size_t len); /* returns as write() and read() */
};

static char piece[PIECE_BYTES];
static int piece_file, poll_fd;
static const struct kind *kind;
static uint64_t body_bytes;

static ssize_t move_write(int fd, size_t len)
{
	return send(fd, piece, len, MSG_NOSIGNAL);
}

static ssize_t move_sendfile(int fd, size_t len)
{
	off_t start = 0;

	return sendfile(fd, piece_file, &start, len);
}

static ssize_t move_trunc(int fd, size_t len)
{
	return recv(fd, NULL, len, MSG_TRUNC);
}

static const struct kind kinds[] = {
	{"write", true, move_write},
	{"sendfile", true, move_sendfile},
	{"trunc", false, move_trunc},
};

static void watch(struct client *c, int operation, uint32_t events)
{
	struct epoll_event event = {.events = events, .data.ptr = c};

	if (epoll_ctl(poll_fd, operation, c->fd, &event) < 0)
		err(EXIT_FAILURE, "epoll_ctl");
}

static void close_client(struct client *c)
{
	(void)close(c->fd);
	free(c);
}

static void send_head(struct client *c)
{
	char head[128];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %" PRIu64 "\r\n\r\n",
	                 kind->sends ? body_bytes : 0);

	(void)send(c->fd, head, (size_t)n, MSG_NOSIGNAL | (kind->sends ? MSG_MORE : 0)); /* the load checks */
}

/* The load sends a head in one piece, and what follows it is of the body. */
static ssize_t start(struct client *c)
{
	char head[HEAD_MAX_BYTES + 1];
	ssize_t n = recv(c->fd, head, HEAD_MAX_BYTES, 0);
	if (n <= 0)
		return n;

	head[n] = '\0';
	const char *end = strstr(head, "\r\n\r\n");
	if (end == NULL)
		errx(EXIT_FAILURE, "not the load: %s", head);
	c->moving = true;
	c->left = body_bytes;
	if (kind->sends) {
		send_head(c);
		watch(c, EPOLL_CTL_MOD, EPOLLOUT);
	} else {
		c->left -= (uint64_t)(head + n - (end + 4));
	}
	return n;
}

static ssize_t move(struct client *c)
{
	ssize_t n = kind->move(c->fd, c->left < PIECE_BYTES ? c->left : PIECE_BYTES);
	if (n <= 0)
		return n;

	c->left -= (uint64_t)n;
	if (c->left > 0)
		return n;
	c->moving = false;
	if (kind->sends)
		watch(c, EPOLL_CTL_MOD, EPOLLIN);
	else
		send_head(c);
	return n;
}

static void on_event(struct client *c)
{
	ssize_t n = c->moving ? move(c) : start(c);

	if (n == 0 || (n < 0 && errno != EAGAIN))
		close_client(c);
}

static void on_connection(int listener)
{
	struct client *c = calloc(1, sizeof(*c));
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (c == NULL || fd < 0)
		err(EXIT_FAILURE, "accept");

	c->fd = fd;
	watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

static void fill_piece(void)
{
	for (size_t done = 0; done < sizeof(piece); done += 256) /* getrandom() never gives less of so few */
		if (getrandom(piece + done, 256, 0) != 256)
			err(EXIT_FAILURE, "getrandom");
	piece_file = memfd_create("piece", MFD_CLOEXEC);
	if (piece_file < 0 || write(piece_file, piece, sizeof(piece)) != (ssize_t)sizeof(piece))
		err(EXIT_FAILURE, "piece");
}

static int listen_on(uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
	                              .sin_port = htons(port),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, SOMAXCONN) < 0)
		err(EXIT_FAILURE, "listen");
	return fd;
}

static void serve(int listener)
{
	struct client door = {.fd = listener};
	struct epoll_event events[EVENTS];

	watch(&door, EPOLL_CTL_ADD, EPOLLIN);
	for (;;) {
		int n = epoll_wait(poll_fd, events, EVENTS, -1);
		if (n < 0)
			err(EXIT_FAILURE, "epoll_wait");
		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr == &door)
				on_connection(listener);
			else
				on_event(events[i].data.ptr);
		}
	}
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 4 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			kind = &kinds[i];
	if (kind == NULL)
		errx(EXIT_FAILURE, "usage: bare write|sendfile|trunc PORT BYTES");
	body_bytes = strtoull(argv[3], NULL, 10);
	fill_piece();
	poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (poll_fd < 0)
		err(EXIT_FAILURE, "epoll_create1");
	serve(listen_on((uint16_t)strtoul(argv[2], NULL, 10)));
}
