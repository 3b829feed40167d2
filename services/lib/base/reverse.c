/* Reverse zones. */
/* SPDX-License-Identifier: MIT */
#include "base/reverse.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IPV4_ROOT "in-addr.arpa"
#define IPV6_ROOT "ip6.arpa"

enum {
	CLASSLESS_FROM = 24, /* longer prefixes than this have an RFC 2317 zone */
	OCTETS = 4,
	NIBBLES = 32,
};

static bool is_ipv4(const struct prefix *p)
{
	return addr_family(&p->addr) == AF_INET;
}

static bool is_classless(const struct prefix *p)
{
	return is_ipv4(p) && p->len > CLASSLESS_FROM && p->len < 32;
}

/** How many bits more a zone needs. */
static unsigned missing_bits(const struct prefix *p)
{
	unsigned step = is_ipv4(p) ? 8 : 4;

	return is_classless(p) ? 0 : (step - p->len % step) % step;
}

unsigned reverse_zones(const struct prefix *p)
{
	return 1u << missing_bits(p);
}

struct prefix reverse_zone(const struct prefix *p, unsigned i)
{
	struct prefix zone = {.addr = p->addr, .len = p->len + missing_bits(p)};

	assert(i < reverse_zones(p));
	if (is_ipv4(p) && zone.len > 0)
		zone.addr.in.sin_addr.s_addr |= htonl(i << (32 - zone.len));
	else if (zone.len > 0)
		zone.addr.in6.sin6_addr.s6_addr[(zone.len - 1) / 8] |= (uint8_t)(zone.len % 8 == 0 ? i : i << 4);
	return zone;
}

static unsigned nibble(const struct addr *a, unsigned i)
{
	uint8_t byte = a->in6.sin6_addr.s6_addr[i / 2];

	return i % 2 == 0 ? byte >> 4 : byte & 0xf;
}

static int write_classless(uint32_t ip, unsigned len, enum reverse_form form, char *out)
{
	unsigned first = ip & 0xff;
	unsigned second = form == REVERSE_RANGE ? first | (0xffu >> (len - CLASSLESS_FROM)) : len;

	return snprintf(out, REVERSE_NAME_MAX, "%u%c%u.", first, form == REVERSE_SLASH ? '/' : '-', second);
}

const char *reverse_name(const struct prefix *p, enum reverse_form form, char out[REVERSE_NAME_MAX])
{
	int n = 0;

	assert(reverse_zones(p) == 1);
	if (!is_ipv4(p)) {
		for (unsigned i = p->len / 4; i > 0; i--)
			n += snprintf(out + n, REVERSE_NAME_MAX - (size_t)n, "%x.", nibble(&p->addr, i - 1));
		(void)snprintf(out + n, REVERSE_NAME_MAX - (size_t)n, IPV6_ROOT);
		return out;
	}
	uint32_t ip = ntohl(p->addr.in.sin_addr.s_addr);
	if (is_classless(p))
		n = write_classless(ip, p->len, form, out);
	for (unsigned i = p->len / 8; i > 0; i--)
		n += snprintf(out + n, REVERSE_NAME_MAX - (size_t)n, "%u.", ip >> (32 - 8 * i) & 0xff);
	(void)snprintf(out + n, REVERSE_NAME_MAX - (size_t)n, IPV4_ROOT);
	return out;
}

/** Read a number up to 255 without leading zeros. Return: what follows it, or NULL. */
static const char *read_octet(const char *text, unsigned *ret)
{
	char *end;

	if (!isdigit((unsigned char)*text) || (text[0] == '0' && isdigit((unsigned char)text[1])))
		return NULL;
	unsigned long n = strtoul(text, &end, 10);
	if (n > 255)
		return NULL;
	*ret = (unsigned)n;
	return end;
}

/** The first label of an RFC 2317 zone. Return: what follows its dot, or NULL. */
static const char *read_classless(const char *text, unsigned *ret_first, unsigned *ret_len)
{
	unsigned first, second;
	const char *at = read_octet(text, &first);

	if (at == NULL || (*at != '/' && *at != '-'))
		return NULL;
	bool is_slash = *at == '/';
	at = read_octet(at + 1, &second);
	if (at == NULL || *at != '.')
		return NULL;
	for (unsigned len = CLASSLESS_FROM + 1; len < 32; len++) {
		unsigned hosts = 0xffu >> (len - CLASSLESS_FROM);
		bool is_block = (first & hosts) == 0;
		if (is_block && !is_slash && second == (first | hosts)) {
			*ret_len = len;
			break;
		}
		if (is_block && second == len)
			*ret_len = len; /* unless a range is found */
	}
	*ret_first = first;
	return *ret_len == 0 ? NULL : at + 1;
}

static int parse_ipv4(const char *name, struct prefix *ret)
{
	unsigned octets[OCTETS], n = 0, first = 0, len = 0;
	const char *at = read_classless(name, &first, &len);
	struct in_addr ip = {0};

	for (at = at == NULL ? name : at; strcmp(at, IPV4_ROOT) != 0; at++, n++) {
		at = n < OCTETS ? read_octet(at, &octets[n]) : NULL;
		if (at == NULL || *at != '.')
			return -EINVAL;
	}
	if (len > 0 && n != OCTETS - 1)
		return -EINVAL;
	uint32_t bits = first;
	for (unsigned i = 0; i < n; i++)
		bits |= octets[i] << (8 * (OCTETS - n + i));
	ip.s_addr = htonl(bits);
	*ret = (struct prefix){.addr.in = {.sin_family = AF_INET, .sin_addr = ip}, .len = len > 0 ? len : 8 * n};
	return 0;
}

static int parse_ipv6(const char *name, struct prefix *ret)
{
	static const char digits[] = "0123456789abcdef";
	struct prefix p = {.addr.in6.sin6_family = AF_INET6};
	unsigned nibbles[NIBBLES], n = 0;

	for (const char *at = name; strcmp(at, IPV6_ROOT) != 0; at += 2) {
		const char *digit = *at == '\0' ? NULL : strchr(digits, *at);
		if (n == NIBBLES || digit == NULL || at[1] != '.')
			return -EINVAL;
		nibbles[n++] = (unsigned)(digit - digits);
	}
	for (unsigned i = 0; i < n; i++)
		p.addr.in6.sin6_addr.s6_addr[i / 2] |= (uint8_t)(nibbles[n - 1 - i] << (i % 2 == 0 ? 4 : 0));
	p.len = 4 * n;
	*ret = p;
	return 0;
}

int reverse_parse(const char *name, struct prefix *ret)
{
	char lower[REVERSE_NAME_MAX];
	size_t len = strlen(name);

	if (len > 0 && name[len - 1] == '.')
		len--;
	if (len >= sizeof(lower))
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[len] = '\0';
	return parse_ipv4(lower, ret) == 0 ? 0 : parse_ipv6(lower, ret);
}
