/* SPDX-License-Identifier: MIT */
#include "rdns/rdnsd.h"

uint64_t rdnsd_now_s(void)
{
	return uv_hrtime() / 1000000000;
}
