/*
 * Prefixes whose addresses all have a name, made by the POP's own Knot of the address: those that are delegated to
 * the POP itself, and to nobody else. Knot has a zone for each, by a catalog that is made of the database
 * (RFC 9432). The names are unsigned, so the delegation has no DS. Pure.
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

/** Whether the records of a change say so of any zone. */
bool synthesised_is_in(const ldns_rr_list *records, const struct pop *p);

/** Append what the catalog has for itself, and for @zone. */
void synthesised_add_apex(ldns_rr_list *list, const char *catalog);
void synthesised_add(ldns_rr_list *list, const char *zone, const char *catalog);

#endif
