/* A name that an address has in a zone of ours: {"name":"host.example.net"}. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_HOSTED_H
#define FONTAINE_RDNS_HOSTED_H

#include "base/json_shape.h"

enum {
	HOSTED_NAME_MAX = 254, /* with its NUL */
	HOSTED_ERROR_MAX = JSON_SHAPE_ERROR_MAX,
};

/** What the request's body must look like. */
extern const struct json_field hosted_fields[];

/**
 * Read @v, which json_shape_check() has held against hosted_fields: lower case, no dot at the end.
 * Return: 0, or -EINVAL and *reterr = "name: why".
 */
int hosted_parse(yyjson_val *v, char ret[HOSTED_NAME_MAX], char reterr[HOSTED_ERROR_MAX]);

/** The same as JSON, owned by @doc. */
yyjson_mut_val *hosted_json(const char *name, yyjson_mut_doc *doc);

#endif
