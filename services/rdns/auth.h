/* Who asks: by a token (net/bearer.h), or by the page's session. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_AUTH_H
#define FONTAINE_RDNS_AUTH_H

#include "rdns/api_call.h"

/** The cookie of @r's session, SESSION_SECRET_LEN bytes; NULL: it has none, or shows a token instead. */
const char *auth_cookie(const struct http_request *r);

/** Find out who sent @c's request: c->caller is set, then @on_known called, now or later; or @c is replied to. */
void auth_find(struct api_call *c, void (*on_known)(struct api_call *c));

/** The same of whom the token @text is. */
void auth_find_token(struct api_call *c, const char *text, void (*on_known)(struct api_call *c));

#endif
