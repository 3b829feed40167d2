/* SPDX-License-Identifier: MIT */
#include "rdns/allocations.h"

#include "base/mem.h"
#include "base/reverse.h"

#include <assert.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	return prefix_compare(a, b);
}

void allocations_init(struct allocations *a, const struct pop_rdns *p)
{
	*a = (struct allocations){0};
	for (unsigned i = 0; i < p->n_zones; i++) {
		struct prefix allocated;
		int rc = prefix_parse(p->zones[i], &allocated);
		assert(rc == 0); /* was checked with the POP file */
		(void)rc;
		unsigned n = reverse_zones(&allocated);
		a->zones = mem_resize(a->zones, a->n + n, sizeof(*a->zones));
		for (unsigned j = 0; j < n; j++)
			a->zones[a->n++] = reverse_zone(&allocated, j);
	}
	if (a->n > 0)
		qsort(a->zones, a->n, sizeof(*a->zones), compare);
}

void allocations_done(struct allocations *a)
{
	free(a->zones);
	*a = (struct allocations){0};
}

const struct prefix *allocations_find(const struct allocations *a, const struct prefix *p)
{
	size_t low = 0, high = a->n; /* those below low are @p or before it */

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (prefix_compare(&a->zones[middle], p) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && prefix_covers(&a->zones[low - 1], p) ? &a->zones[low - 1] : NULL;
}
