/*
 * What BIRD announces: the addresses of two interfaces, of which one stands for GRACEFUL_SHUTDOWN. An address is
 * there on lease: the kernel itself takes it away when nobody has renewed it, however that came about. Blocking,
 * but for as long as the kernel takes to change one address (rtnetlink(7)).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_LEASE_H
#define FONTAINE_HEALTH_LEASE_H

#include "base/addr.h"
#include "health/announce.h"

#define LEASE_INTERFACE         "anycast"
#define LEASE_INTERFACE_LEAVING "anycast-leaving"

/* How long an address stays unless it is renewed; the kernel looks for such once a second at most. */
enum { LEASE_S = 3 };

struct leases {
	int fd;                 /* rtnetlink */
	unsigned full, leaving; /* indexes of the interfaces */
	uint32_t sequence;
};

/** Return: 0, or a negative errno, logged with the remedy. End with leases_close(). */
int leases_open(struct leases *l);
void leases_close(struct leases *l);

/**
 * Have @addr, and with it the network of @prefix_len bits around it, announced as @to says; or renew that.
 * Return: 0, or a negative errno.
 */
int leases_set(struct leases *l, const struct addr *addr, unsigned prefix_len, enum announced to);

#endif
