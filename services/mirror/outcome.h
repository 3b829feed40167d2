/*
 * What came of a program that fetches, as a class that says what to do next: exit status 24 of rsync is no
 * success, 25 is none either, and 5 means one thing or another by what was said with it. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_OUTCOME_H
#define FONTAINE_MIRROR_OUTCOME_H

#include <stdbool.h>

enum outcome {
	OUTCOME_DONE,
	OUTCOME_UNCHANGED,     /* the upstream has nothing new */
	OUTCOME_RETRY,         /* its upstream or the way to it: later, at another one if there is one */
	OUTCOME_RERUN,         /* it changed meanwhile: once more, and nothing is published */
	OUTCOME_HELD,          /* waits for the operator */
	OUTCOME_CONFIGURATION, /* what is asked for is not there: another upstream, or another POP file */
	OUTCOME_KILLED,        /* by a signal, or it crashed: again */
	OUTCOMES,
};

extern const char *const outcome_names[OUTCOMES + 1]; /* "done", ..., NULL; as the database has them */

/** The programs that fetch. */
enum fetcher {
	FETCHER_RSYNC,
	FETCHER_COMMAND, /* the operator's own; sysexits.h says what it may end with */
};

/** How a program ended. */
struct ending {
	int status;       /* its exit status */
	int signal;       /* or, not 0, what killed it */
	const char *said; /* the end of its standard error */
};

enum outcome outcome_of(enum fetcher fetcher, const struct ending *e);

/** What the ending means, for people: "rsync: some files vanished at the upstream". Static. */
const char *outcome_words(enum fetcher fetcher, const struct ending *e);

/** Whether something is to be retried before the project's next time. */
bool outcome_is_retried(enum outcome o);

#endif
