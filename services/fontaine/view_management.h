/* Where operators ask, as the templates see it. Part of fontaine/view. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_VIEW_MANAGEMENT_H
#define FONTAINE_FONTAINE_VIEW_MANAGEMENT_H

#include "base/pop.h"

#include <yyjson.h>

/** Add "management" to @root: "listen", where nginx answers operators, and "allow", which of them; or null. */
void view_management(yyjson_mut_doc *d, yyjson_mut_val *root, const struct pop *p);

#endif
