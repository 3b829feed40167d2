/* Addresses that a question from us may go to. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_REACHABLE_H
#define FONTAINE_BASE_REACHABLE_H

#include "base/addr.h"

/**
 * Whether @a is a unicast address that all of the Internet may reach, as IANA's registries of
 * special-purpose addresses say (RFC 6890). Addresses with another one inside (6to4, NAT64) are
 * not: they lead to wherever that one is.
 */
bool addr_is_global(const struct addr *a);

#endif
