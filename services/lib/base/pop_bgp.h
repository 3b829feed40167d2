/* The POP file's routers: what a schema cannot say of them. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_BGP_H
#define FONTAINE_BASE_POP_BGP_H

#include "base/pop_doc.h"

/** Fill in what the file does not give. */
void pop_bgp_fill(struct pop_bgp *b);

/** @p has a section bgp. Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_bgp_check(struct pop_doc *d, const struct pop *p);

#endif
