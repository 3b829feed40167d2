/* Whether a server has what an update said: what to ask it, and what its answers show. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_SERVED_H
#define FONTAINE_RDNS_SERVED_H

#include <stdbool.h>

#include <ldns/ldns.h> /* after stdbool.h, or it makes a bool of its own */

enum {
	/* An update is taken as a whole (RFC 2136, 3.4.2.7): some of it show that. Each is a connection, and of those
	 * that Knot has not yet looked at, everybody's, its socket holds ten: the kernel drops more. */
	SERVED_QUESTIONS_MAX = 4,
};

/**
 * Choose sets of records that difference_replace() put into @updates, evenly: what to ask for, each as a
 * record in there with its name and type. Return: how many, at most SERVED_QUESTIONS_MAX.
 */
size_t served_questions(const ldns_rr_list *updates, const ldns_rr *ret[SERVED_QUESTIONS_MAX]);

/**
 * Whether @answer has just the records of @question's name and type that @updates adds: in the answer itself,
 * or in a referral or beside it, as a parent gives NS and glue.
 */
bool served_has(const ldns_pkt *answer, const ldns_rr *question, const ldns_rr_list *updates);

#endif
