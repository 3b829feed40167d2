/* What the answers to some probes come to: loss, quantiles, jitter. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_FIGURE_H
#define FONTAINE_PEERS_FIGURE_H

#include <stddef.h>
#include <stdint.h>

/* The shares of the answers that came at least as fast: least, 10%, 25%, median, 75%, 90%, most. */
enum { FIGURE_QUANTILES = 7,
       FIGURE_MEDIAN = 3 };

extern const double figure_shares[FIGURE_QUANTILES];

struct figure {
	uint32_t sent, lost;
	uint32_t us[FIGURE_QUANTILES]; /* round trips at figure_shares, microseconds; 0 when all were lost */
	uint32_t jitter_us;            /* mean difference of one answer from the one before */
};

/**
 * Of @sent probes, @n (no more) were answered after @us, in the order of their sending, which is lost.
 * A quantile is the answer nearest to its share (nearest rank).
 */
struct figure figure_of(uint32_t sent, uint32_t *us, size_t n);

#endif
