/*
 * A visitor's address as the server sees it, as JSON or JSONP, with falling-sky's arguments
 * and fields, so that its mirrors' pages work against us: callback, size, fill, testip, asn;
 * ip, type, subtype, via, padding, asn, asn_name, asnlist.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_ECHO_H
#define FONTAINE_IPV6TEST_ECHO_H

#include "net/http.h"

/** GET and POST /ip/; a body is counted and dropped. Handlers' data is struct ipv6test. */
extern const struct http_route echo_routes[];

#endif
