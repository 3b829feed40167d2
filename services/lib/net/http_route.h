/* Which route a request is for, and whether it may be served there. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_HTTP_ROUTE_H
#define FONTAINE_NET_HTTP_ROUTE_H

#include "net/http.h"

enum { HTTP_PREFIX_MAX_BYTES = 63 }; /* of a path before its '*' */

struct http_routes; /* tables of routes, compiled; release with http_routes_free() */

/** @tables as in struct http_config: borrowed. No path may come twice. Never NULL. */
struct http_routes *http_routes_new(const struct http_route *const *tables);
void http_routes_free(struct http_routes *routes);

bool http_has_body(const struct http_request *r);

/** The methods that @route allows, with HEAD; NULL stands for a static page. */
unsigned http_route_methods(const struct http_route *route);

/**
 * Set r->route; NULL means a static page, if there are any. The time it takes depends
 * on the length of the path alone. Return: 0, or the status to refuse with: 404, 405, 413.
 */
int http_route_find(const struct http_routes *routes, bool has_pages, struct http_request *r);

#endif
