/*
 * What the page has observed and concluded, as a visitor shares it: checked field by field,
 * and rid of whatever tells one visitor from the neighbours. Pure.
 * Shape: services/ipv6test/web/observations.js, verdict.js
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_OBSERVATIONS_H
#define FONTAINE_IPV6TEST_OBSERVATIONS_H

#include "base/json_shape.h"

#include <stddef.h>

enum {
	OBSERVATIONS_MAX_BYTES = 64 * 1024, /* as posted */
	FINDING_MAX = 32,
};

struct observations {
	double ipv4_score, ipv6_score;  /* 0 to 10; NAN: what they need was not tested */
	char headline[FINDING_MAX + 1]; /* the first finding's id */
	/**
	 * {"observations","verdict"}: addresses, also of resolvers, cut to their /24 or /48, names of
	 * addresses left out, and of a proxy no more than that there is one.
	 */
	char *json;
};

/**
 * Read the @len bytes of JSON at @text, without a NUL after them.
 * Return: 0 and *ret, for observations_done(); or -EINVAL and in @reterr a line that names
 * the field and says what it must be.
 */
int observations_parse(const char *text, size_t len, struct observations *ret, char reterr[JSON_SHAPE_ERROR_MAX]);

void observations_done(struct observations *o);

#endif
