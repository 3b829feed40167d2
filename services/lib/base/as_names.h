/* Names of the autonomous systems that the POP knows: its members. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_AS_NAMES_H
#define FONTAINE_BASE_AS_NAMES_H

#include "base/pop.h"

struct as_names; /* opaque; release with as_names_free() */

/**
 * The members that @p lists (borrowed), or those of its IX-F Member Export. An
 * export that cannot be used is logged, and leaves all without a name. Never NULL.
 */
struct as_names *as_names_new(const struct pop *p);
void as_names_free(struct as_names *n);

/** The name of @asn, or NULL when it is not known. */
const char *as_names_find(const struct as_names *n, uint32_t asn);

#endif
