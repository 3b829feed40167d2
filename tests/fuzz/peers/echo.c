/* Answers to ICMP echo as the kernel hands them over (peers/echo.h): only one with our cookie is an answer. */
/* SPDX-License-Identifier: MIT */
#include "peers/echo.h"

#include "../fuzz.h"

#include <sys/socket.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct echo sent = {.cookie = 0x0123456789abcdef, .sent_ns = 1, .sent_real_ns = 1};
	struct echo_answer a = {0};
	uint64_t us;
	int fds[2];

	if (size > 2048)
		return 0;
	assert(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds) == 0);
	assert(send(fds[0], data, size, 0) == (ssize_t)size);
	assert(echo_receive(fds[1], &a) == 0);
	if (echo_match(&sent, &a, &us))
		assert(memmem(data, size, &a.cookie, sizeof(a.cookie)) != NULL && sent.cookie == 0);
	(void)close(fds[0]);
	(void)close(fds[1]);
	return 0;
}
