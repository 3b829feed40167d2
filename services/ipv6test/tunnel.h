/* Tunnels that carry IPv6 through IPv4, as far as an address tells. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_TUNNEL_H
#define FONTAINE_IPV6TEST_TUNNEL_H

#include "base/addr.h"

/** "6to4" (RFC 3056: 2002::/16), "Teredo" (RFC 4380: 2001::/32), or "". */
const char *tunnel_of(const struct addr *a);

#endif
