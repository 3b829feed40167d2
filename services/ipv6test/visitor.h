/* What a visitor's request tells of them, in words that are safe within JSON. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_VISITOR_H
#define FONTAINE_IPV6TEST_VISITOR_H

#include "net/http_request.h"

enum { VISITOR_TEXT_MAX = 129 };

/** "ipv4" or "ipv6". */
const char *visitor_family(const struct addr *a);

/** The start of @text, with '?' for what would need an escape; "" for NULL. Return: @ret. */
const char *visitor_text(const char *text, char ret[VISITOR_TEXT_MAX]);

/** The same of the header @name. */
const char *visitor_header(const struct http_request *r, const char *name, char ret[VISITOR_TEXT_MAX]);

#endif
