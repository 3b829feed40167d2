/* SPDX-License-Identifier: MIT */
#include "base/backoff.h"

uint32_t backoff_s(unsigned n_failures, uint32_t min_s, uint32_t max_s, uint32_t (*random)(uint32_t bound))
{
	uint32_t s = min_s;

	for (unsigned i = 1; i < n_failures && s < max_s; i++)
		s *= 2;
	if (s > max_s)
		s = max_s;
	return s / 2 + random(s / 2 + 1);
}
