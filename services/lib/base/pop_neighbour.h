/* Other POPs in the POP file: what a schema cannot say of them, and how projects follow them. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_NEIGHBOUR_H
#define FONTAINE_BASE_POP_NEIGHBOUR_H

#include "base/pop_doc.h"

/** The neighbour @name that has mirrors, or NULL. */
const struct pop_neighbour *pop_neighbour_find(const struct pop *p, const char *name);

/**
 * Where the pages of a POP that has mirrors are, with a scheme and without a slash at its end: by @scheme, "https:" or
 * "http:", where it has both. Return: to be freed.
 */
char *pop_neighbour_pages(const struct pop_neighbour *p, const char *scheme);

/** Fill in what the file does not give, and make the first upstream of whatever follows a neighbour. */
void pop_neighbours_fill(struct pop *p);

/** Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_neighbours_check(struct pop_doc *d, const struct pop *p);

#endif
