/* Addresses, ports and prefixes. */
/* SPDX-License-Identifier: MIT */
#include "base/addr.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

int addr_parse(const char *text, uint16_t port, struct addr *ret)
{
	struct addr a;

	memset(&a, 0, sizeof(a)); /* the padding too, so that equal addresses are equal bytes */
	if (inet_pton(AF_INET, text, &a.in.sin_addr) == 1) {
		a.in.sin_family = AF_INET;
		a.in.sin_port = htons(port);
	} else if (inet_pton(AF_INET6, text, &a.in6.sin6_addr) == 1) {
		a.in6.sin6_family = AF_INET6;
		a.in6.sin6_port = htons(port);
	} else {
		return -EINVAL;
	}
	*ret = a;
	return 0;
}

void addr_from_sockaddr(const struct sockaddr_storage *from, struct addr *ret)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)from;

	assert(from->ss_family == AF_INET || from->ss_family == AF_INET6);
	memset(ret, 0, sizeof(*ret));
	if (from->ss_family == AF_INET) {
		memcpy(&ret->in, from, sizeof(ret->in));
	} else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = in6->sin6_port;
		memcpy(&ret->in.sin_addr, &in6->sin6_addr.s6_addr[12], sizeof(ret->in.sin_addr));
	} else {
		memcpy(&ret->in6, from, sizeof(ret->in6));
	}
}

int addr_family(const struct addr *a)
{
	return a->sa.sa_family;
}

uint16_t addr_port(const struct addr *a)
{
	return ntohs(addr_family(a) == AF_INET ? a->in.sin_port : a->in6.sin6_port);
}

socklen_t addr_len(const struct addr *a)
{
	return addr_family(a) == AF_INET ? sizeof(a->in) : sizeof(a->in6);
}

/* The address alone, in network byte order. */
static const uint8_t *ip_bytes(const struct addr *a)
{
	return addr_family(a) == AF_INET ? (const uint8_t *)&a->in.sin_addr
	                                 : a->in6.sin6_addr.s6_addr;
}

static unsigned ip_bits(const struct addr *a)
{
	return addr_family(a) == AF_INET ? 32 : 128;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return addr_family(a) == addr_family(b) && addr_port(a) == addr_port(b) &&
	       memcmp(ip_bytes(a), ip_bytes(b), ip_bits(a) / 8) == 0;
}

void addr_key(const struct addr *a, uint64_t ret[2])
{
	uint8_t bytes[16] = {[10] = 0xff, [11] = 0xff};
	size_t len = ip_bits(a) / 8;

	memcpy(bytes + sizeof(bytes) - len, ip_bytes(a), len);
	memcpy(ret, bytes, sizeof(bytes));
}

bool addr_is_loopback(const struct addr *a)
{
	if (addr_family(a) == AF_INET)
		return ntohl(a->in.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr);
}

const char *addr_text(const struct addr *a, char out[ADDR_TEXT_MAX])
{
	const char *text = inet_ntop(addr_family(a), ip_bytes(a), out, ADDR_TEXT_MAX);

	assert(text != NULL); /* only an unknown family fails */
	return text;
}

const char *addr_port_text(const struct addr *a, char out[ADDR_PORT_TEXT_MAX])
{
	char text[ADDR_TEXT_MAX];

	(void)addr_text(a, text);
	if (addr_family(a) == AF_INET)
		(void)snprintf(out, ADDR_PORT_TEXT_MAX, "%s:%u", text, addr_port(a));
	else
		(void)snprintf(out, ADDR_PORT_TEXT_MAX, "[%s]:%u", text, addr_port(a));
	return out;
}

/* Decimal digits only, without leading zeros; at most @max. Return: 0 or -EINVAL. */
static int parse_len(const char *text, unsigned max, unsigned *ret)
{
	unsigned len = 0;

	if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
		return -EINVAL;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		len = len * 10 + (unsigned)(*text - '0');
		if (len > max)
			return -EINVAL;
	}
	*ret = len;
	return 0;
}

int prefix_parse(const char *text, struct prefix *ret)
{
	const char *slash = strchrnul(text, '/');
	char ip[ADDR_TEXT_MAX];
	size_t ip_len = (size_t)(slash - text);
	struct addr a;

	if (ip_len >= sizeof(ip))
		return -EINVAL;
	memcpy(ip, text, ip_len);
	ip[ip_len] = '\0';
	if (addr_parse(ip, 0, &a) < 0)
		return -EINVAL;

	unsigned len = ip_bits(&a);
	if (*slash == '/' && parse_len(slash + 1, len, &len) < 0)
		return -EINVAL;

	struct prefix p = prefix_of(&a, len);
	if (!addr_equal(&p.addr, &a))
		return -EINVAL;
	*ret = p;
	return 0;
}

/* The mask of the byte at @i in a prefix of @len bits. */
static uint8_t mask_byte(unsigned i, unsigned len)
{
	if (len >= (i + 1) * 8)
		return 0xff;
	if (len <= i * 8)
		return 0;
	return (uint8_t)(0xff00u >> (len - i * 8));
}

struct prefix prefix_of(const struct addr *a, unsigned len)
{
	unsigned bits = ip_bits(a);
	struct prefix p = {.addr = *a, .len = len < bits ? len : bits};
	uint8_t *bytes = addr_family(a) == AF_INET ? (uint8_t *)&p.addr.in.sin_addr
	                                           : p.addr.in6.sin6_addr.s6_addr;

	for (unsigned i = 0; i < bits / 8; i++)
		bytes[i] &= mask_byte(i, p.len);
	if (addr_family(a) == AF_INET) {
		p.addr.in.sin_port = 0;
	} else {
		p.addr.in6.sin6_port = 0;
		p.addr.in6.sin6_scope_id = 0;
		p.addr.in6.sin6_flowinfo = 0;
	}
	return p;
}

struct prefix prefix_kept(const struct addr *a)
{
	enum { IPV4_BITS = 24,
	       IPV6_BITS = 48 };

	return prefix_of(a, addr_family(a) == AF_INET ? IPV4_BITS : IPV6_BITS);
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	if (addr_family(&p->addr) != addr_family(a))
		return false;
	struct prefix around = prefix_of(a, p->len);
	return addr_equal(&around.addr, &p->addr);
}

bool prefix_covers(const struct prefix *p, const struct prefix *inner)
{
	return p->len <= inner->len && prefix_contains(p, &inner->addr);
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

int prefix_compare(const struct prefix *a, const struct prefix *b)
{
	int by_family = addr_family(&a->addr) - addr_family(&b->addr);
	if (by_family != 0)
		return by_family;
	int by_address = memcmp(ip_bytes(&a->addr), ip_bytes(&b->addr), ip_bits(&a->addr) / 8);
	return by_address != 0 ? by_address : (a->len > b->len) - (a->len < b->len);
}

const char *prefix_text(const struct prefix *p, char out[PREFIX_TEXT_MAX])
{
	char text[ADDR_TEXT_MAX];

	(void)snprintf(out, PREFIX_TEXT_MAX, "%s/%u", addr_text(&p->addr, text), p->len);
	return out;
}
