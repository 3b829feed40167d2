/* The part of the POP file that says how the machine is connected. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_NETWORK_H
#define FONTAINE_BASE_POP_NETWORK_H

#include "base/pop_doc.h"

/** Hold "network" of @p, if it is there, against itself. Return: 0, or -EINVAL after pop_doc_refuse(). */
int pop_network_check(struct pop_doc *d, const struct pop *p);

#endif
