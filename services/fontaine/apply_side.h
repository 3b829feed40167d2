/* A POP file, and all that comes of it. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_APPLY_SIDE_H
#define FONTAINE_FONTAINE_APPLY_SIDE_H

#include "fontaine/apply_plan.h"

/** Read the file @path, or print what is wrong. Return: EXIT_FINE, and end with apply_side_done(); else another. */
int apply_side_init(struct apply_side *s, const char *path);
void apply_side_done(struct apply_side *s);

/** Write what servers are to read into @dir, from where they can read it too. Return: 0 or a negative errno, logged. */
int apply_side_stage(const struct apply_side *s, const char *dir, struct fileset *ret);

#endif
