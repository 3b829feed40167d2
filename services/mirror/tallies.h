/* Counts by key, at most so many: a table that never grows. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TALLIES_H
#define FONTAINE_MIRROR_TALLIES_H

#include <stddef.h>
#include <stdint.h>

struct traffic_counts {
	uint64_t requests, bytes;
};

struct tally {
	uint64_t key; /* not 0 */
	struct traffic_counts counts;
};

/** Of all[0..n) each has a key, in the order in which these came. */
struct tallies {
	size_t n, max;
	struct tally *all;
	uint32_t *places; /* private, as is seed */
	uint64_t seed;
};

void tallies_init(struct tallies *t, size_t max);
void tallies_done(struct tallies *t);
void tallies_clear(struct tallies *t);

/** That of @key, which is made when it is new; NULL when there is no room for it. */
struct tally *tallies_find(struct tallies *t, uint64_t key);

#endif
