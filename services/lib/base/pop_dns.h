/* The POP file's resolver and authoritative server: what a schema cannot say of them. Part of base/pop. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_POP_DNS_H
#define FONTAINE_BASE_POP_DNS_H

#include "base/pop_doc.h"

/** Fill in what the file, @d, does not give. */
void pop_dns_fill(struct pop_doc *d, struct pop_services *s);

/** Check one of a list of secondaries; @path names it. Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_dns_check_secondary(struct pop_doc *d, const struct pop_secondary *s, const char *path);

/** Return: 0, or -EINVAL, refused by pop_doc_refuse(). */
int pop_dns_check(struct pop_doc *d, const struct pop *p);

#endif
