/* The routers of the POP as the template of BIRD sees them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_VIEW_BGP_H
#define FONTAINE_FONTAINE_VIEW_BGP_H

#include "base/pop.h"

#include <yyjson.h>

/** Add "bgp" to the view's @root: an object, or null without such a section. */
void view_bgp_add(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop_bgp *b);

#endif
