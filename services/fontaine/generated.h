/* What systemd is told of a POP at boot. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_GENERATED_H
#define FONTAINE_FONTAINE_GENERATED_H

#include "base/pop.h"
#include "fontaine/fileset.h"

enum { GENERATED_UNITS_MAX = POP_SERVICES + 8 };

/** Add the drop-ins of the POP @p to @set: sockets, and what else units need to be told. */
void generated_add(const struct pop *p, struct fileset *set);

/** List the units that @p has started. Return: how many. */
size_t generated_units(const struct pop *p, const char *ret[GENERATED_UNITS_MAX]);

#endif
