/* SPDX-License-Identifier: MIT */
#include "speedtest/payload.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

int payload_init(struct http_blob *ret)
{
	char *data = mem_new(PAYLOAD_BYTES);

	for (size_t done = 0; done < PAYLOAD_BYTES;) {
		ssize_t n = getrandom(data + done, PAYLOAD_BYTES - done, 0);
		if (n < 0 && errno != EINTR) {
			int rc = -errno;
			log_error("payload: %s", strerror(-rc));
			free(data);
			return rc;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	*ret = (struct http_blob){.data = data, .size_bytes = PAYLOAD_BYTES};
	return 0;
}

void payload_done(struct http_blob *p)
{
	free((char *)p->data);
}
