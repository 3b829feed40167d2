/* SPDX-License-Identifier: MIT */
#include "speedtest/payload.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

static int fill(int fd)
{
	char piece[64 * 1024];

	for (size_t left = PAYLOAD_BYTES; left > 0;) {
		ssize_t n = getrandom(piece, left < sizeof(piece) ? left : sizeof(piece), 0);
		if (n > 0)
			n = write(fd, piece, (size_t)n);
		if (n < 0 && errno != EINTR)
			return -errno;
		left -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int payload_open(struct http_blob *ret)
{
	int fd = memfd_create("payload", MFD_CLOEXEC);
	int rc = fd < 0 ? -errno : fill(fd);

	if (rc < 0) {
		log_error("payload: %s", strerror(-rc));
		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	*ret = (struct http_blob){.fd = fd, .size_bytes = PAYLOAD_BYTES};
	return 0;
}

void payload_close(struct http_blob *p)
{
	(void)close(p->fd);
}
