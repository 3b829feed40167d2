/* The machine's network as the templates see it. Part of fontaine/view. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_VIEW_NETWORK_H
#define FONTAINE_FONTAINE_VIEW_NETWORK_H

#include "base/pop.h"

#include <yyjson.h>

/** Add "network" to @root: null when the POP file has none. */
void view_network(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p);

/**
 * Add the POP's own addresses to @list, each of a service's once: it asks its own resolver from any of them, since the
 * kernel asks from the first address of the interface that has the one asked.
 */
void view_own_addresses(yyjson_mut_doc *d, yyjson_mut_val *list, const struct pop *p);

#endif
