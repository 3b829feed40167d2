/* Versions as entity tags, and the conditions that a request sets on them (RFC 9110, 8.8.3 and 13). Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_ETAG_H
#define FONTAINE_RDNS_ETAG_H

#include <stdbool.h>
#include <stdint.h>

enum { ETAG_MAX = 24 };

/** Write "\"12\"", quotes and all. Return: @out. */
const char *etag_text(int64_t version, char out[ETAG_MAX]);

/** Headers of a request, borrowed; NULL: it has none such. */
struct etag_conditions {
	const char *if_match, *if_none_match;
};

enum etag_outcome {
	ETAG_GO_ON,
	ETAG_FAILED,    /* 412; to a GET, of If-None-Match, 304 */
	ETAG_MALFORMED, /* 400 */
};

/** Whether the request may go on; @version is that of what is there, 0 when there is nothing. */
enum etag_outcome etag_check(const struct etag_conditions *c, int64_t version);

#endif
