/* SPDX-License-Identifier: MIT */
#include "peers/echo.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* What is sent: the kernel fills in identifier and checksum. Type, code and the like are at the same places in both
 * versions (RFC 792, RFC 4443). */
struct packet {
	uint8_t type, code;
	uint16_t checksum, id, sequence;
	uint32_t number, filler;
	uint64_t cookie;
	uint8_t rest[32]; /* as large as what ping(8) sends */
};

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

int echo_open(int af)
{
	const int on = 1;
	int fd = socket(af, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, af == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)); /* or reading tells the time */
	return fd;
}

int echo_send(int fd, const struct addr *to, uint32_t number, struct echo *ret)
{
	static uint16_t sequence;
	struct packet p = {.type = addr_family(to) == AF_INET ? ICMP_ECHO : ICMP6_ECHO_REQUEST,
	                   .sequence = htons(++sequence),
	                   .number = number};

	*ret = (struct echo){.cookie = 0};
	if (getrandom(&p.cookie, sizeof(p.cookie), 0) != sizeof(p.cookie))
		return -EIO;
	ret->sent_ns = now_ns(CLOCK_MONOTONIC);
	ret->sent_real_ns = now_ns(CLOCK_REALTIME);
	if (sendto(fd, &p, sizeof(p), 0, &to->sa, addr_len(to)) < 0)
		return -errno;
	ret->cookie = p.cookie;
	return 0;
}

int echo_receive(int fd, struct echo_answer *ret)
{
	_Alignas(struct cmsghdr) char control[128];
	struct packet p = {0};
	struct iovec iov = {&p, sizeof(p)};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(fd, &m, 0);

	if (n < 0)
		return -errno;
	bool is_ours = n == sizeof(p) && (p.type == ICMP_ECHOREPLY || p.type == ICMP6_ECHO_REPLY);
	*ret = (struct echo_answer){p.number, is_ours ? p.cookie : 0, now_ns(CLOCK_MONOTONIC), now_ns(CLOCK_REALTIME)};
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		struct timespec t;
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		ret->received_real_ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	}
	return 0;
}

/* The kernel knows best when it came; but that clock may be set meanwhile, which the other one tells. */
bool echo_match(struct echo *e, const struct echo_answer *a, uint64_t *ret_us)
{
	if (e->cookie == 0 || a->cookie != e->cookie)
		return false;
	uint64_t read_after = a->received_ns - e->sent_ns;
	uint64_t came_after = a->received_real_ns - e->sent_real_ns; /* huge where the clock went back */

	e->cookie = 0;
	*ret_us = (came_after < read_after ? came_after : read_after) / 1000;
	return true;
}
