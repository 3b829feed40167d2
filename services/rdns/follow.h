/* What came of a look at what a zone asks its parent for, and how it is put into words. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_FOLLOW_H
#define FONTAINE_RDNS_FOLLOW_H

#include "base/language.h"

#include <stdbool.h>
#include <time.h>

enum {
	/** Signers date signatures back, for clocks that are slow: Knot by 90 minutes, BIND by an hour. */
	FOLLOW_DATED_BACK_S = 2 * 3600,
};

enum follow_outcome {
	FOLLOW_NOTHING, /* it asks for nothing */
	FOLLOW_SAME,    /* it has what it asks for */
	FOLLOW_CHANGE,
	FOLLOW_SIGNALS, /* what names of its servers say is to be asked first (RFC 9615) */

	/* Refused, DS: */
	FOLLOW_SILENT,
	FOLLOW_SERVERS_DIFFER,
	FOLLOW_TYPES_DIFFER,
	FOLLOW_REMOVAL,
	FOLLOW_DIGEST,
	FOLLOW_MANY,
	FOLLOW_KEYS,
	FOLLOW_SIGNER,
	FOLLOW_OLD,
	FOLLOW_BREAKS,
	FOLLOW_NOT_ALL,
	FOLLOW_NO_SIGNAL,
	FOLLOW_SIGNAL_UNSIGNED,
	FOLLOW_SIGNAL_DIFFERS,

	/* Refused, name servers: */
	FOLLOW_UNSECURED,
	FOLLOW_WAITS,
	FOLLOW_UNKNOWN,
	FOLLOW_EARLY,
	FOLLOW_MOVED,
	FOLLOW_NO_GLUE,
	FOLLOW_ZONES_DIFFER,
	FOLLOW_CHECK,

	/* Refused, both: */
	FOLLOW_UNPUBLISHED,
	FOLLOW_OUTCOMES
};

struct follow_text {
	const char *id;                                  /* "signed-before": for machines and metrics */
	const char *what[LANGUAGES], *remedy[LANGUAGES]; /* the remedy of what is refused, else NULL */
};

extern const struct follow_text follow_texts[FOLLOW_OUTCOMES];

/** Whether the zone asks for something that it does not get. */
bool follow_is_refused(enum follow_outcome outcome);

/** The outcome with this id, FOLLOW_OUTCOMES for none. */
enum follow_outcome follow_outcome_of(const char *id);

#endif
