/* The function that a page wants to be called with a reply (JSONP). Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_CALLBACK_H
#define FONTAINE_IPV6TEST_CALLBACK_H

#include <stdbool.h>

enum { CALLBACK_MAX = 64 };

/**
 * Whether @name may stand before the reply: identifiers with dots between them, at most
 * CALLBACK_MAX bytes. Anything else could be a script of its own.
 */
bool callback_is_legal(const char *name);

#endif
