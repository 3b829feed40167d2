/*
 * Prefixes whose addresses all have a name: those that are delegated to the POP itself, and to nobody else. Knot
 * has a zone for each, by a catalog that is made of the database (RFC 9432). In that zone are the hosted names of
 * the prefix; what has none there, Knot gives a name made of its address. Those cannot be signed beforehand, so
 * the zone is not signed at all, and the delegation has no DS. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_SYNTHESISED_H
#define FONTAINE_RDNS_SYNTHESISED_H

#include "base/pop.h"
#include "rdns/delegated.h"

enum { SYNTHESISED_NAME_MAX = 256 };

/** The POP's own server, and the zone that is the catalog; no dot at the end. Return: @out. */
const char *synthesised_server(const struct pop *p, char out[SYNTHESISED_NAME_MAX]);
const char *synthesised_catalog(const struct pop *p, char out[SYNTHESISED_NAME_MAX]);

/** Whether that is what @d says; of IPv6 alone. */
bool synthesised_is(const struct delegated *d, const struct pop *p);

/** Of @records, a delegation's, those that give a zone to the POP in this way. Yours. */
ldns_rr_list *synthesised_zones(const ldns_rr_list *records, const struct pop *p);

/** Append what such a @zone has for itself. */
void synthesised_add_own(ldns_rr_list *list, const char *zone, const struct pop *p);

/** Append the PTR that Knot makes for @a, as long as it has no other. */
void synthesised_add_ptr(ldns_rr_list *list, const struct addr *a, const struct pop *p);

/** Append what the catalog has for itself, and for @zone. */
void synthesised_add_apex(ldns_rr_list *list, const char *catalog);
void synthesised_add(ldns_rr_list *list, const char *zone, const char *catalog);

/** What the catalog has for all @zones, which are records of them. Yours. */
ldns_rr_list *synthesised_members(const ldns_rr_list *zones, const char *catalog);

#endif
