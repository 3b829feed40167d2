/* The cookie of the page's session. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_COOKIE_H
#define FONTAINE_RDNS_COOKIE_H

#include "net/session.h"

enum { COOKIE_MAX = 128 };

/** Write the value of Set-Cookie (RFC 6265, 4.1) that gives @secret, or ends it when it is NULL. */
void cookie_write(const char *secret, char ret[COOKIE_MAX]);

/** Find our cookie in the header Cookie, which may be NULL. Return: its SESSION_SECRET_LEN bytes in it, or NULL. */
const char *cookie_find(const char *header);

#endif
