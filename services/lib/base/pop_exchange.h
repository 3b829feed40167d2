/* The POP file's exchange point: what a schema cannot say of it. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_EXCHANGE_H
#define FONTAINE_BASE_POP_EXCHANGE_H

#include "base/pop_doc.h"

/** Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_exchange_check(struct pop_doc *d, const struct pop *p);

#endif
