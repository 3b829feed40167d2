/*
 * Prefixes and the names of their reverse zones: in-addr.arpa at octets (RFC 1035, 3.5), ip6.arpa at
 * nibbles (RFC 3596, 2.5), and between /24 and /32 a name below the /24's zone (RFC 2317).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_REVERSE_H
#define FONTAINE_BASE_REVERSE_H

#include "base/addr.h"

enum { REVERSE_NAME_MAX = 64 + sizeof("ip6.arpa") }; /* 32 nibbles and their dots */

/** How the first label of a zone between /24 and /32 is written; that of 192.0.2.64/26 as: */
enum reverse_form {
	REVERSE_RANGE, /* 64-127: first and last address; what registries take */
	REVERSE_SLASH, /* 64/26: first address and length; RFC 2317's own */
	REVERSE_DASH,  /* 64-26 */
	REVERSE_FORMS
};

/** How many zones @p is split into: 1 where a zone begins at its length. At most 128. */
unsigned reverse_zones(const struct prefix *p);

/** The prefix of zone @i of them, from 0. */
struct prefix reverse_zone(const struct prefix *p, unsigned i);

/** Write the name of @p's zone, without a dot at its end; @p is one zone. Return: @out. */
const char *reverse_name(const struct prefix *p, enum reverse_form form, char out[REVERSE_NAME_MAX]);

/**
 * The prefix whose zone @name is, in any case and form, with or without a dot at its end. A number
 * after a dash is the last address where it can be one, else the length: 0-31 is a /27, 0-25 a /25.
 * Return: 0, or -EINVAL when @name is no reverse zone's.
 */
int reverse_parse(const char *name, struct prefix *ret);

#endif
