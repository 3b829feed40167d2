/* Addresses that the kernel takes away by itself. */
/* SPDX-License-Identifier: MIT */
#include "health/lease.h"

#include "base/log.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
	struct nlmsghdr head;
	struct ifaddrmsg about;
	char attributes[128];
};

static void add_attribute(struct request *r, unsigned short type, const void *data, size_t len)
{
	struct rtattr *a = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy(RTA_DATA(a), data, len);
	r->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len));
}

/** Send it and read what the kernel says. */
static int ask_kernel(struct leases *l, struct request *r)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[512];
	} answer;

	r->head.nlmsg_seq = ++l->sequence;
	if (send(l->fd, r, r->head.nlmsg_len, 0) < 0)
		return -errno;
	do {
		ssize_t n = recv(l->fd, &answer, sizeof(answer), 0);
		if (n < 0)
			return -errno;
		if ((size_t)n < sizeof(answer.head) + sizeof(answer.error))
			return -EPROTO;
	} while (answer.head.nlmsg_seq != l->sequence);
	return answer.head.nlmsg_type == NLMSG_ERROR ? answer.error.error : -EPROTO;
}

static struct request new_request(unsigned short type, const struct addr *addr, unsigned prefix_len, unsigned interface)
{
	bool is_ipv4 = addr_family(addr) == AF_INET;
	struct request r = {
		.head = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
	                 .nlmsg_type = type,
	                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
		.about = {.ifa_family = (unsigned char)addr_family(addr),
	                  .ifa_prefixlen = (unsigned char)prefix_len,
	                  .ifa_index = interface},
	};

	add_attribute(&r, IFA_LOCAL, is_ipv4 ? (const void *)&addr->in.sin_addr : &addr->in6.sin6_addr,
	              is_ipv4 ? sizeof(addr->in.sin_addr) : sizeof(addr->in6.sin6_addr));
	return r;
}

/** No route comes with it, so that the rest of its network is not looked for here. */
static int renew(struct leases *l, const struct addr *addr, unsigned prefix_len, unsigned interface)
{
	struct request r = new_request(RTM_NEWADDR, addr, prefix_len, interface);
	struct ifa_cacheinfo lifetime = {.ifa_prefered = LEASE_S, .ifa_valid = LEASE_S};
	uint32_t flags = IFA_F_NODAD | IFA_F_NOPREFIXROUTE;

	r.head.nlmsg_flags |= NLM_F_CREATE | NLM_F_REPLACE;
	add_attribute(&r, IFA_CACHEINFO, &lifetime, sizeof(lifetime));
	add_attribute(&r, IFA_FLAGS, &flags, sizeof(flags));
	return ask_kernel(l, &r);
}

static int end(struct leases *l, const struct addr *addr, unsigned prefix_len, unsigned interface)
{
	struct request r = new_request(RTM_DELADDR, addr, prefix_len, interface);
	int rc = ask_kernel(l, &r);

	return rc == -EADDRNOTAVAIL ? 0 : rc; /* it was not there */
}

/** What begins comes first: there is no moment without a route between two ways of announcing. */
int leases_set(struct leases *l, const struct addr *addr, unsigned prefix_len, enum announced to)
{
	int rc = 0;

	if (to == ANNOUNCED_FULLY)
		rc = renew(l, addr, prefix_len, l->full);
	else if (to == ANNOUNCED_LEAVING)
		rc = renew(l, addr, prefix_len, l->leaving);
	if (to != ANNOUNCED_FULLY) {
		int end_rc = end(l, addr, prefix_len, l->full);
		rc = rc < 0 ? rc : end_rc;
	}
	if (to != ANNOUNCED_LEAVING) {
		int end_rc = end(l, addr, prefix_len, l->leaving);
		rc = rc < 0 ? rc : end_rc;
	}
	return rc;
}

static int find_interface(const char *name, unsigned *ret)
{
	*ret = if_nametoindex(name);
	if (*ret != 0)
		return 0;
	int rc = -errno;
	log_error("no interface %s to announce by: start fontaine-anycast.service", name);
	return rc;
}

int leases_open(struct leases *l)
{
	int rc = find_interface(LEASE_INTERFACE, &l->full);

	if (rc == 0)
		rc = find_interface(LEASE_INTERFACE_LEAVING, &l->leaving);
	if (rc < 0)
		return rc;
	l->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (l->fd >= 0)
		return 0;
	rc = -errno;
	log_error("no rtnetlink(7) to announce addresses by: %s", strerror(-rc));
	return rc;
}

void leases_close(struct leases *l)
{
	if (l->full != 0 && l->leaving != 0)
		(void)close(l->fd);
}
