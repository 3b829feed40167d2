/* What the API says when it does not do what it was asked to (RFC 9457). Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PROBLEM_H
#define FONTAINE_RDNS_PROBLEM_H

#include "rdns/refusal.h"

#include <yyjson.h>

#define API_PROBLEM_TYPE "application/problem+json"

enum api_problem_id {
	API_MALFORMED,   /* 400 */
	API_NO_TOKEN,    /* 401 */
	API_FORBIDDEN,   /* 403 */
	API_FROZEN,      /* 403 */
	API_NOT_FOUND,   /* 404 */
	API_METHOD,      /* 405 */
	API_OVERLAP,     /* 409 */
	API_IN_PROGRESS, /* 409 */
	API_STALE,       /* 412 */
	API_MEDIA_TYPE,  /* 415 */
	API_INVALID,     /* 422 */
	API_CHECK,       /* 422 */
	API_LIMITED,     /* 429 */
	API_FAILED,      /* 500 */
	API_NOT_LIVE,    /* 502: taken back, for Knot did not take it */
	API_BUSY,        /* 503 */
	API_FULL,        /* 507 */
	API_PROBLEMS
};

struct api_problem_kind {
	const char *id; /* "overlap": for machines */
	int status;
	const char *title[LANGUAGES];
};

extern const struct api_problem_kind api_problem_kinds[API_PROBLEMS];

enum { API_DETAIL_MAX = 320 };

struct api_problem {
	enum api_problem_id id;
	unsigned methods;            /* with API_METHOD: those that are allowed, for Allow */
	unsigned wait_s;             /* with API_LIMITED and API_BUSY: for Retry-After; 0: a moment */
	enum refusal reason;         /* in words, when there is one */
	char detail[API_DETAIL_MAX]; /* "nameservers[1].name: why"; "": the reason or the title says it all */
};

/** What to say when an edit (rdns/edit.h) or another job of the store has failed with @rc, which is not 0. */
enum api_problem_id api_problem_of(int rc);

/** What kind of problem @r, which is not REFUSAL_NONE, is. */
enum api_problem_id api_problem_of_refusal(enum refusal r);

/**
 * {"type","title","status","detail","instance"} and of a reason {"reason","remedy"}, owned by @doc; @instance
 * is the path that was asked for. More members may be added, such as the "checks" that a delegation has failed.
 */
yyjson_mut_val *api_problem_json(const struct api_problem *p, const char *instance, enum language language,
                                 yyjson_mut_doc *doc);

#endif
