/*
 * A visitor's connection as the server's kernel sees it: round trips, segment sizes, path MTU,
 * losses. Asked for on a test's own name, it tells of that family and way.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_CONNECTION_H
#define FONTAINE_IPV6TEST_CONNECTION_H

#include "net/http.h"

/** GET and POST /connection.json; a body is counted and dropped. Handlers' data is struct ipv6test. */
extern const struct http_route connection_routes[];

#endif
