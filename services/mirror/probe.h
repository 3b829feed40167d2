/* The one small file of an upstream that changes whenever its tree does, if its kind has one. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PROBE_H
#define FONTAINE_MIRROR_PROBE_H

#include "base/pop.h"

/** Its name in the tree, or NULL. */
const char *probe_name(enum pop_mirror_kind kind);

#endif
