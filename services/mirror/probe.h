/* The one small file of an upstream that changes whenever its tree does, if its kind has one. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PROBE_H
#define FONTAINE_MIRROR_PROBE_H

#include "base/pop.h"

#include <stdint.h>

/** Its name in the tree, or NULL. */
const char *probe_name(enum pop_mirror_kind kind);

/** The archive's serial that a trace file of Debian tells ("Archive serial: 2026112101"); 0: none. */
uint64_t probe_serial(const char *text);

#endif
