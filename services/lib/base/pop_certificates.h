/* The part of the POP file that says where its certificate comes from. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_CERTIFICATES_H
#define FONTAINE_BASE_POP_CERTIFICATES_H

#include "base/pop_doc.h"

/** Hold "certificates" of @p, if it is there, against the services. Return: 0, or -EINVAL after pop_doc_refuse(). */
int pop_certificates_check(struct pop_doc *d, const struct pop *p);

#endif
