/* SPDX-License-Identifier: MIT */
#include "ipv6test/tunnel.h"

#include <string.h>

const char *tunnel_of(const struct addr *a)
{
	static const unsigned char teredo[] = {0x20, 0x01, 0, 0}, six_to_four[] = {0x20, 0x02};

	if (addr_family(a) != AF_INET6)
		return "";
	const unsigned char *bytes = a->in6.sin6_addr.s6_addr;
	if (memcmp(bytes, six_to_four, sizeof(six_to_four)) == 0)
		return "6to4";
	return memcmp(bytes, teredo, sizeof(teredo)) == 0 ? "Teredo" : "";
}
