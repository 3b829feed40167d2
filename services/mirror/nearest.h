/*
 * Which POP is nearest to a visitor: the one whose prefix in the POP file is the longest around the address; else the
 * one that has the AS which announces it; else this one, which routing has chosen; then those of the same country,
 * then the others, as the POP file lists them. Always the same order for the same address. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_NEAREST_H
#define FONTAINE_MIRROR_NEAREST_H

#include "base/pop.h"
#include "base/prefix_table.h"

enum {
	NEAREST_HERE = -1,
	NEAREST_MAX = 65, /* this POP and its neighbours */
};

enum nearest_why {
	NEAREST_BY_PREFIX,  /* of its visitors or members */
	NEAREST_BY_NETWORK, /* which announces the address */
	NEAREST_BY_ROUTING, /* the visitor is here */
	NEAREST_BY_ORDER,
};

extern const char *const nearest_whys[];

struct nearest_place {
	int neighbour; /* its place in the POP file, or NEAREST_HERE */
	enum nearest_why why;
};

struct nearest; /* opaque; release with nearest_free() */

/** @p is borrowed for its life. Never NULL. */
struct nearest *nearest_new(const struct pop *p);
void nearest_free(struct nearest *n);

/** This POP and all that have mirrors, the nearest first. @origins: base/origin.h, or NULL. Return: how many. */
size_t nearest_order(const struct nearest *n, const struct addr *a, const struct prefix_table *origins,
                     struct nearest_place ret[NEAREST_MAX]);

#endif
