/* All that the IPv6 test is asked. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_TABLES_H
#define FONTAINE_IPV6TEST_TABLES_H

#include "net/http.h"

/** Routes of all its parts; NULL ends them. */
extern const struct http_route *const ipv6test_tables[];

#endif
