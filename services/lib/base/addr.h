/* Addresses, ports and prefixes of both families as plain values. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_ADDR_H
#define FONTAINE_BASE_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
	ADDR_TEXT_MAX = INET6_ADDRSTRLEN,          /* "2001:db8::1" and its NUL */
	ADDR_PORT_TEXT_MAX = INET6_ADDRSTRLEN + 8, /* "[2001:db8::1]:65535" */
	PREFIX_TEXT_MAX = INET6_ADDRSTRLEN + 4,    /* "2001:db8::/128" */
};

struct addr {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
};

/** Parse a literal of either family, without port or brackets. Return: 0 or -EINVAL. */
int addr_parse(const char *text, uint16_t port, struct addr *ret);

/** Take over what accept() or getpeername() gave; an IPv4-mapped address becomes IPv4 (RFC 4291, 2.5.5.2). */
void addr_from_sockaddr(const struct sockaddr_storage *from, struct addr *ret);

/** AF_INET or AF_INET6. */
int addr_family(const struct addr *a);
uint16_t addr_port(const struct addr *a);
socklen_t addr_len(const struct addr *a);
bool addr_equal(const struct addr *a, const struct addr *b); /* address and port */

/** The address alone as 128 bits, IPv4 in its mapped form (RFC 4291, 2.5.5.2): equal for equal addresses. */
void addr_key(const struct addr *a, uint64_t ret[2]);

/** 127.0.0.0/8 or ::1. */
bool addr_is_loopback(const struct addr *a);

/** Write "192.0.2.1" or "2001:db8::1" (RFC 5952). Return: @out. */
const char *addr_text(const struct addr *a, char out[ADDR_TEXT_MAX]);

/** Write "192.0.2.1:80" or "[2001:db8::1]:80". Return: @out. */
const char *addr_port_text(const struct addr *a, char out[ADDR_PORT_TEXT_MAX]);

/** Network and length; host bits of the address are zero. */
struct prefix {
	struct addr addr;
	unsigned len; /* 0 to 32 or 128 */
};

/** Parse "192.0.2.0/24", or an address alone as /32 or /128. Return: 0, or -EINVAL (also when host bits are set). */
int prefix_parse(const char *text, struct prefix *ret);

/** The prefix of @len bits around @a; @len is cut to the family's size. */
struct prefix prefix_of(const struct addr *a, unsigned len);

/** What is kept of a visitor's address: its /24 or /48. */
struct prefix prefix_kept(const struct addr *a);
bool prefix_contains(const struct prefix *p, const struct addr *a);

/** Whether all of @inner is in @p. */
bool prefix_covers(const struct prefix *p, const struct prefix *inner);

/** Whether an address is in both. */
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);

/** By family, first address and length, so that a prefix comes right before those in it: below 0, 0 or above. */
int prefix_compare(const struct prefix *a, const struct prefix *b);
const char *prefix_text(const struct prefix *p, char out[PREFIX_TEXT_MAX]);

#endif
