/* The POP file's targets of latency: what a schema cannot say of them. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_LATENCY_H
#define FONTAINE_BASE_POP_LATENCY_H

#include "base/pop_doc.h"

enum { POP_LATENCY_TARGETS_MAX = 64 }; /* with the neighbours */

/** Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_latency_check(struct pop_doc *d, const struct pop *p);

#endif
