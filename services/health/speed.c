/* A short speed test. */
/* SPDX-License-Identifier: MIT */
#include "health/speed.h"

#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 16 };

static double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/** Whether the answer begins as a good one does, and then has all of its bytes. */
static bool read_all(int fd)
{
	static const char good[] = "HTTP/1.1 200 ";
	char piece[PIECE_BYTES];
	size_t received = 0;

	while (received < SPEED_BYTES) {
		ssize_t n = recv(fd, piece, sizeof(piece), 0);
		if (n <= 0)
			return false;
		if (received == 0 && (n < (ssize_t)sizeof(good) || memcmp(piece, good, sizeof(good) - 1) != 0))
			return false;
		received += (size_t)n;
	}
	return true;
}

static bool download(int fd, const struct addr *from)
{
	const struct timeval limit = {.tv_sec = SPEED_LIMIT_MS / 1000};
	char question[128], address[ADDR_PORT_TEXT_MAX];
	int n = snprintf(question, sizeof(question),
	                 "GET /__down?bytes=%d HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", SPEED_BYTES,
	                 addr_port_text(from, address));

	return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
	       connect(fd, &from->sa, addr_len(from)) == 0 && send(fd, question, (size_t)n, MSG_NOSIGNAL) == n &&
	       read_all(fd);
}

void speed_measure(const struct pop *p, double ret[2])
{
	struct pop_endpoint all[POP_ENDPOINTS_MAX];
	size_t n = pop_endpoints(p, all);

	ret[0] = ret[1] = 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i].service, "speedtest") != 0 || strcmp(all[i].protocol, "http") != 0)
			continue;
		int fd = socket(addr_family(&all[i].addr), SOCK_STREAM | SOCK_CLOEXEC, 0);
		double start_s = now_s();
		if (fd >= 0 && download(fd, &all[i].addr))
			ret[addr_family(&all[i].addr) == AF_INET6] = 8.0 * SPEED_BYTES / (now_s() - start_s);
		if (fd >= 0)
			(void)close(fd);
	}
}
