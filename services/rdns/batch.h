/*
 * Many delegations of one request: {"delegations":[{"prefix","to":{"form","nameservers","ds"}}]}, "to" as
 * rdns/delegated.h has it. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_BATCH_H
#define FONTAINE_RDNS_BATCH_H

#include "rdns/delegated.h"

enum {
	BATCH_MAX = 2000,
	BATCH_ERROR_MAX = DELEGATED_ERROR_MAX,
};

struct batch_one {
	struct delegated *delegated; /* owned */
	uint32_t asn;                /* whose it will be; set by whom carries it out */
};

struct batch {
	size_t n;
	struct batch_one *all;
};

/** What the request's body must look like. */
extern const struct json_field batch_fields[];

/**
 * Read @v, which json_shape_check() has held against batch_fields.
 * Return: 0 and *ret, for batch_free(); or -EINVAL and *reterr = "delegations[3].to.nameservers[1].name: why".
 */
int batch_parse(yyjson_val *v, struct batch **ret, char reterr[BATCH_ERROR_MAX]);
void batch_free(struct batch *b);

#endif
