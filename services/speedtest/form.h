/* Fields of a posted form, of either encoding that browsers know. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_FORM_H
#define FONTAINE_SPEEDTEST_FORM_H

#include "base/buf.h"

/**
 * Copy the first field @name of the form @body, whose Content-Type is @type, to @ret:
 * multipart/form-data (RFC 7578), anything else as application/x-www-form-urlencoded.
 * Return: 0, -ENOENT without such a field, -EINVAL on a malformed form or a value of
 * @size bytes or more.
 */
int form_field(const char *type, const struct buf *body, const char *name, char *ret, size_t size);

#endif
