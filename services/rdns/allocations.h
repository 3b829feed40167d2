/* The reverse zones that registries delegate to the POP. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_ALLOCATIONS_H
#define FONTAINE_RDNS_ALLOCATIONS_H

#include "base/pop.h"

/** Zone by zone, in the order of prefix_compare(); none is in another. */
struct allocations {
	struct prefix *zones;
	size_t n;
};

/** The zones of the prefixes that @p lists. Release with allocations_done(). */
void allocations_init(struct allocations *a, const struct pop_rdns *p);
void allocations_done(struct allocations *a);

/** The zone that all of @p is in, or NULL. */
const struct prefix *allocations_find(const struct allocations *a, const struct prefix *p);

#endif
