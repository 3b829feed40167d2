/*
 * Why something is refused, for people in two languages and for programs as a word. What is
 * said of a prefix that is not the asker's never depends on what others have there. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_REFUSAL_H
#define FONTAINE_RDNS_REFUSAL_H

#include "base/addr.h"
#include "base/language.h"

enum refusal {
	REFUSAL_NONE,
	REFUSAL_UNKNOWN, /* nobody: no token, or one that is wrong, revoked or over */
	REFUSAL_OPERATORS_ONLY,
	REFUSAL_FORGED,     /* a session's request that may not come from our page */
	REFUSAL_FROZEN,     /* the member vanished from the assignments */
	REFUSAL_NOT_YOURS,  /* assigned to another member, or to none */
	REFUSAL_UNASSIGNED, /* what an operator is told in that case */
	REFUSAL_OUTSIDE,    /* in no zone of the POP */
	REFUSAL_APEX,       /* the zones that registries delegate to the POP itself */
	REFUSAL_OVERLAP,    /* with a delegation of the same member */
	REFUSAL_FORMER,     /* with what the prefix's former holder has there */
	REFUSAL_PTRS,       /* PTRs are hosted there */
	REFUSAL_DELEGATED,  /* a PTR where another server answers */
	REFUSALS,
};

/** The word that a program tells it by: "not-yours". */
const char *refusal_word(enum refusal r);

/** What is wrong, and what to do about it: one sentence each, without the prefix. */
const char *refusal_what(enum refusal r, enum language language);
const char *refusal_remedy(enum refusal r, enum language language);

#endif
