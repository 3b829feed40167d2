/* What the API says when it does not do what it was asked to (RFC 9457). Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_API_PROBLEM_H
#define FONTAINE_MIRROR_API_PROBLEM_H

#include <stddef.h>

#define API_PROBLEM_TYPE "application/problem+json"

struct api_problem {
	int rc; /* of the table's; the last one is for all others */
	int status;
	const char *id;    /* "held" */
	const char *title; /* for people */
	const char *detail;
};

extern const struct api_problem api_problems[];
extern const size_t api_n_problems;

/** What a request that came to @rc, a negative errno, is. */
const struct api_problem *api_problem_of(int rc);

/** As JSON; @instance: the path that was asked for. Release with free(). */
char *api_problem_text(const struct api_problem *p, const char *instance);

#endif
