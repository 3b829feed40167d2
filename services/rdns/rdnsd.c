/* SPDX-License-Identifier: MIT */
#include "rdns/rdnsd.h"

#include "base/reachable.h"

bool rdnsd_may_have(const struct pop *p, const struct addr *a)
{
	const struct pop_rdns *section = p->services->rdns;

	for (unsigned i = 0; i < section->n_lab_prefixes; i++) {
		struct prefix lab;
		if (prefix_parse(section->lab_prefixes[i], &lab) == 0 && prefix_contains(&lab, a))
			return true;
	}
	return addr_is_global(a);
}

uint64_t rdnsd_now_s(void)
{
	return uv_hrtime() / 1000000000;
}
