/* What a delegation or a hosted name is in a zone of ours: the records, as they are to be served. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_RECORDS_H
#define FONTAINE_RDNS_RECORDS_H

#include "delegation/delegation.h"

enum { RECORDS_TTL_S = 3600 };

/**
 * Append @d's records in the zone @origin (lower case, no dot at the end): NS, DS, the addresses of
 * servers inside of @d, and for a zone longer than a /24 a CNAME for every address (RFC 2317, 4).
 * Return: 0, or -EINVAL when @d's zone is not below @origin; then nothing was appended.
 */
int records_add_delegation(ldns_rr_list *list, const struct delegation *d, const char *origin);

/**
 * Append the PTR of @a. @name: lower case, no dot at the end.
 * Return: 0, or -EINVAL when @a is not in the zone @origin or @name is none; then nothing was appended.
 */
int records_add_ptr(ldns_rr_list *list, const struct addr *a, const char *name, const char *origin);

#endif
