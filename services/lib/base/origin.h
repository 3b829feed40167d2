/*
 * Which AS announces the prefix of an address, from files in RIS dump format:
 * a line has "ASN<TAB>prefix<TAB>number of peers that see it", the ASN may be a
 * set such as {64500,64501}, '%' starts a comment.
 * Of lines for one prefix, the one that most peers see counts. A default route
 * says nothing about an origin and is left out.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_ORIGIN_H
#define FONTAINE_BASE_ORIGIN_H

#include "base/prefix_table.h"

extern const struct prefix_table_kind origin_kind;

struct origin_match {
	struct prefix prefix;
	const uint32_t *asns; /* the table's; more than one for an AS set */
	size_t n_asns;        /* at least 1 */
};

/** Find the longest prefix around @a in a table of origins. Return: 0, or -ENOENT. */
int origin_find(const struct prefix_table *t, const struct addr *a, struct origin_match *ret);

#endif
