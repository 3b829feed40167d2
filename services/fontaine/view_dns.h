/* Zones, and who else has them, as the templates see it. Part of fontaine/view. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_VIEW_DNS_H
#define FONTAINE_FONTAINE_VIEW_DNS_H

#include "base/pop.h"

#include <yyjson.h>

/** Add to @o "secondaries", numbered from 1, and "has_secondaries". */
void view_secondaries(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop_secondary *all, unsigned n);

/** Add to @o "primaries", numbered from 1, each with "catalogs", of which there is one or none. */
void view_primaries(yyjson_mut_doc *d, yyjson_mut_val *o, const struct pop_authoritative *a);

/**
 * Add to @authoritative "as112": null, or its "hosts", and the zones that are "empty" (RFC 7534, 3.5).
 */
void view_as112(yyjson_mut_doc *d, yyjson_mut_val *authoritative, bool is_on);

#endif
