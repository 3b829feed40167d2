/* What the check of a delegation came to, all its zones together. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_CHECK_RESULT_H
#define FONTAINE_RDNS_CHECK_RESULT_H

#include "delegation/verdict.h"

struct check_result {
	bool passed;   /* there is no error in any zone */
	bool is_blind; /* the resolver was silent: what failed may be our own fault */
	size_t n[SEVERITIES];
	char *verdicts[LANGUAGES]; /* JSON, owned: an array of verdict_json(), zone by zone */
	/** JSON, owned: {"passed","errors","warnings","notices","problems":[{"check","severity","what","zones"}]}. */
	char *summary;
};

/** Of the @n verdicts. Release with check_result_done(). */
void check_result_init(struct check_result *r, const struct verdict *const *verdicts, size_t n);
void check_result_copy(const struct check_result *r, struct check_result *ret);
void check_result_done(struct check_result *r);

#endif
