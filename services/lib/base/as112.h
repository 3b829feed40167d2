/* AS112 (RFC 7534, RFC 7535): the addresses that all of its nodes have, and what is announced of them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_AS112_H
#define FONTAINE_BASE_AS112_H

#include "base/pop.h"

enum {
	AS112_PORT = 53,
	AS112_HOSTS = 8,
	AS112_PREFIXES = 4,
	AS112_IPV4_LENGTH = 24, /* of a prefix */
	AS112_IPV6_LENGTH = 48,
};

/** RFC 7534, 3.4; RFC 7535, 3.2. */
extern const char *const as112_hosts[AS112_HOSTS];

/** The first of them, as a service has its addresses. */
extern const struct pop_addresses as112_addresses;

#endif
