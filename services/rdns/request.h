/* The requests of the API, /api/v1/: which there are, and each one read and checked. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_REQUEST_H
#define FONTAINE_RDNS_REQUEST_H

#include "net/http_request.h"
#include "rdns/batch.h"
#include "rdns/bulk.h"
#include "rdns/delegated.h"
#include "rdns/etag.h"
#include "rdns/hosted.h"
#include "rdns/problem.h"

#define API_ROOT "/api/v1/"

enum {
	API_BODY_MAX_BYTES = 256 * 1024, /* that of a delegation with the most DS records */
	API_LIMIT_DEFAULT = 100,         /* of a page */
	API_LIMIT_MAX = 1000,
	API_TOKEN_MAX = 64,
};

enum api_operation {
	API_LIST_PREFIXES, /* what the client may delegate or have hosted */
	API_LIST_DELEGATIONS,
	API_IMPORT_DELEGATIONS, /* many of them, without checks, by operators */
	API_GET_DELEGATION,
	API_PUT_DELEGATION,
	API_DELETE_DELEGATION,
	API_LIST_PTRS,
	API_CHANGE_PTRS, /* many of them, or a look at what that would change */
	API_GET_PTR,
	API_GET_FORWARD, /* whether the name leads back to its address */
	API_PUT_PTR,
	API_DELETE_PTR,
	API_LIST_CHECKS,
	API_GET_CHECK,   /* the last one of a prefix */
	API_START_CHECK, /* of a delegation as it would be */
	API_LIST_AUDIT,
	API_GET_SESSION, /* who the client is */
	API_START_SESSION,
	API_END_SESSION,
	API_OPERATIONS
};

/** What may be asked for in a query, once each. */
enum api_query {
	API_QUERY_LIMIT,
	API_QUERY_AFTER_PREFIX,
	API_QUERY_AFTER_ADDRESS,
	API_QUERY_BEFORE,
	API_QUERY_ASN,
	API_QUERY_STATE,
	API_QUERY_WITHIN,
	API_QUERY_SUBJECT,
	API_QUERY_CHECK,
	API_QUERIES
};

extern const char *const api_query_names[API_QUERIES]; /* "limit", "after", "after", "before", ... */

struct api_route {
	enum api_operation operation;
	unsigned method;               /* one of enum http_method; HEAD comes with GET */
	const char *path;              /* "/api/v1/delegations/{address}/{length}" */
	unsigned queries;              /* bits of enum api_query */
	const struct json_field *body; /* NULL: none */
};

extern const struct api_route api_routes[API_OPERATIONS];

/** What is not asked for is 0. */
struct api_request {
	const struct api_route *route;
	struct prefix prefix; /* that the path names; an address as the whole of it */
	unsigned limit;
	bool has_after, has_within;
	struct prefix after; /* begin after it */
	struct prefix within;
	int64_t before; /* begin before this line of the audit log */
	uint32_t asn;
	char state[16];
	char subject[PREFIX_TEXT_MAX];
	bool skips_check;                  /* operators alone may */
	struct etag_conditions conditions; /* of the request, borrowed */
	struct delegated *delegated;       /* owned: api_request_done() */
	char name[HOSTED_NAME_MAX];
	char token[API_TOKEN_MAX]; /* that a session is wanted for */
	struct batch *batch;       /* owned as well */
	struct bulk *bulk;         /* owned as well */
};

/** Read @r, whose body is kept. Return: 0, for api_request_done(); or -EINVAL and *reterr. */
int api_request_parse(const struct http_request *r, struct api_request *ret, struct api_problem *reterr);
void api_request_done(struct api_request *a);

#endif
