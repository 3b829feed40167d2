/* The API's routes over HTTP (rdns/request.h has what is behind each), and metrics. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_H
#define FONTAINE_RDNS_API_H

#include "net/http.h"

/** Their data is the struct rdnsd. */
extern const struct http_route api_http_routes[];

#endif
