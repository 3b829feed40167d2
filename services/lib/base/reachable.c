/* SPDX-License-Identifier: MIT */
#include "base/reachable.h"

#include <assert.h>
#include <stddef.h>

/* The first that contains an address counts. */
static const struct {
	const char *prefix;
	bool is_global;
} blocks[] = {
	{"0.0.0.0/8", false}, /* this network */
	{"10.0.0.0/8", false},
	{"100.64.0.0/10", false}, /* shared by carriers' NAT */
	{"127.0.0.0/8", false},
	{"169.254.0.0/16", false},
	{"172.16.0.0/12", false},
	{"192.0.0.9/32", true},  /* PCP anycast */
	{"192.0.0.10/32", true}, /* TURN anycast */
	{"192.0.0.0/24", false},
	{"192.0.2.0/24", false},
	{"192.88.99.0/24", false}, /* 6to4 relays */
	{"192.168.0.0/16", false},
	{"198.18.0.0/15", false}, /* benchmarks */
	{"198.51.100.0/24", false},
	{"203.0.113.0/24", false},
	{"224.0.0.0/3", false}, /* multicast, reserved, broadcast */
	{"0.0.0.0/0", true},

	{"2001:1::1/128", true}, /* PCP anycast */
	{"2001:1::2/128", true}, /* TURN anycast */
	{"2001:1::3/128", true}, /* DNS-SD anycast */
	{"2001:3::/32", true},   /* AMT */
	{"2001:4:112::/48", true},
	{"2001::/23", false}, /* protocols, Teredo among them */
	{"2001:db8::/32", false},
	{"2002::/16", false}, /* 6to4 */
	{"3fff::/20", false}, /* documentation */
	{"2000::/3", true},
};

bool addr_is_global(const struct addr *a)
{
	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		struct prefix p;
		int rc = prefix_parse(blocks[i].prefix, &p);
		assert(rc == 0);
		(void)rc;
		if (prefix_contains(&p, a))
			return blocks[i].is_global;
	}
	return false;
}
