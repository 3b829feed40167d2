/* SPDX-License-Identifier: MIT */
#include "peers/figure.h"

#include <math.h>
#include <stdlib.h>

const double figure_shares[FIGURE_QUANTILES] = {0, 0.1, 0.25, 0.5, 0.75, 0.9, 1};

static int compare(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t jitter_of(const uint32_t *us, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 1; i < n; i++)
		sum += us[i] > us[i - 1] ? us[i] - us[i - 1] : us[i - 1] - us[i];
	return n < 2 ? 0 : (uint32_t)(sum / (n - 1));
}

struct figure figure_of(uint32_t sent, uint32_t *us, size_t n)
{
	struct figure f = {.sent = sent, .lost = sent - (uint32_t)n, .jitter_us = jitter_of(us, n)};

	if (n == 0)
		return f;
	qsort(us, n, sizeof(*us), compare);
	for (size_t i = 0; i < FIGURE_QUANTILES; i++) {
		double rank = ceil(figure_shares[i] * (double)n);
		f.us[i] = us[rank < 1 ? 0 : (size_t)rank - 1];
	}
	return f;
}
