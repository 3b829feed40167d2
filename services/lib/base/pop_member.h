/* The POP file's members: what a schema cannot say of them. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_MEMBER_H
#define FONTAINE_BASE_POP_MEMBER_H

#include "base/pop_doc.h"

/** Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_members_check(struct pop_doc *d, const struct pop *p);

#endif
