/* The POP file's management: where operators ask, and who is one. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_MANAGEMENT_H
#define FONTAINE_BASE_POP_MANAGEMENT_H

#include "base/pop_doc.h"

/** Where the POP's metrics are, whatever the file says of it. Return: how many sockets. */
enum { POP_MANAGEMENT_MAX = 2 };
size_t pop_management_endpoints(const struct pop *p, struct addr ret[POP_MANAGEMENT_MAX]);

/** Hold "management" of @p, if it is there, against the services. Return: 0, or -EINVAL after pop_doc_refuse(). */
int pop_management_check(struct pop_doc *d, const struct pop *p);

#endif
