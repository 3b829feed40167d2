/* What the POP file's schema cannot say: values that make sense, alone and together. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_CHECK_H
#define FONTAINE_BASE_POP_CHECK_H

#include "base/pop_doc.h"

/**
 * Check @p, loaded from @d and with its defaults filled in.
 * Return: 0, or -EINVAL, refused by pop_doc_refuse(), for the first mistake.
 */
int pop_check(struct pop_doc *d, const struct pop *p);

#endif
