/* The configurations of the stock servers, from templates. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_RENDERED_H
#define FONTAINE_FONTAINE_RENDERED_H

#include "base/pop.h"
#include "fontaine/fileset.h"

/**
 * Add every file of the POP @p to @set, as servers are to read it in the folder @dir, from the templates in
 * @stock_path; those of a service that is off are to go away. Return: 0, or a negative errno, logged.
 */
int rendered_add(const struct pop *p, const char *stock_path, const char *dir, struct fileset *set);

#endif
