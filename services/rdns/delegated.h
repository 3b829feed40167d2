/*
 * What a member wants to have delegated, as the API and the audit log have it:
 * {"form":"range","nameservers":[{"name","addresses":[]}],
 * "ds":[{"zone","key_tag","algorithm","digest_type","digest"}]}.
 * Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_DELEGATED_H
#define FONTAINE_RDNS_DELEGATED_H

#include "base/json_shape.h"
#include "delegation/delegation.h"

enum {
	DELEGATED_ZONES_MAX = 128, /* reverse_zones() makes no more of one prefix */
	DELEGATED_DS_MAX = DELEGATED_ZONES_MAX * DELEGATION_DS_MAX,
	DELEGATED_ERROR_MAX = 320,
};

/** A prefix, and what its parents are to say of each zone that it is split into. */
struct delegated {
	struct prefix prefix;
	enum reverse_form form; /* of the zone's name where RFC 2317 gives a choice, else REVERSE_RANGE */
	size_t n_zones;
	struct delegation zones[]; /* a server has addresses only in the zone that it is inside of */
};

/** What the request's body must look like: "form", "nameservers", "ds"; of a check "prefix" too. */
extern const struct json_field delegated_fields[];

/**
 * Read @v, which json_shape_check() has held against delegated_fields, for @prefix. Refused are glue that
 * is missing or not needed (RFC 1034, 4.2.1), names and digests that are none, and a form whose name means
 * another prefix.
 * Return: 0 and *ret, for delegated_free(); or -EINVAL and *reterr = "nameservers[1].name: why".
 */
int delegated_parse(const struct prefix *prefix, yyjson_val *v, struct delegated **ret,
                    char reterr[DELEGATED_ERROR_MAX]);

/** Name every zone of @prefix, without servers: as delegated_parse() otherwise. */
int delegated_new(const struct prefix *prefix, enum reverse_form form, struct delegated **ret);
struct delegated *delegated_copy(const struct delegated *d); /* never NULL */
void delegated_free(struct delegated *d);

/** The same as JSON, owned by @doc: equal for equal wishes, whatever order they were written in but for servers. */
yyjson_mut_val *delegated_json(const struct delegated *d, yyjson_mut_doc *doc);

/** Add delegated_json()'s fields to @o. */
void delegated_add_json(const struct delegated *d, yyjson_mut_doc *doc, yyjson_mut_val *o);

extern const char *const delegated_forms[REVERSE_FORMS + 1]; /* "range", "slash", "dash", NULL */

#endif
