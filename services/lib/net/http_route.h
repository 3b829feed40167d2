/* Which route a request is for, and whether it may be served there. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_ROUTE_H
#define FONTAINE_NET_HTTP_ROUTE_H

#include "net/http.h"

bool http_has_body(const struct http_request *r);

/**
 * Set r->route; NULL means a static page. Return: 0, or the status to refuse
 * with: 404, 405, 413.
 */
int http_route_find(const struct http_config *config, struct http_request *r);

/** Reply 405 with the methods that r->route allows (RFC 9110, 15.5.6). */
void http_reply_not_allowed(struct http_request *r);

#endif
