/*
 * A zone compared with what it is to be, while changes of it go on: what those touch is left alone. What is
 * large is compared on a thread of its own.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_COMPARISON_H
#define FONTAINE_RDNS_COMPARISON_H

#include "rdns/primary.h"

struct comparison; /* opaque; lives until its callback is called or comparison_cancel() */

/** Called once, on the loop: 0 with @updates, yours, which make the zone right; or as primary_transfer(). */
typedef void (*comparison_fn)(int rc, ldns_rr_list *updates, void *data);

/** Begin with the zone @origin. Never NULL. @primary is borrowed. */
struct comparison *comparison_new(struct primary *primary, const ldns_rdf *origin, comparison_fn on_end, void *data);

/**
 * The zone is to have @wanted; what is said of the names in @unsettled is not. Both lists are taken.
 * Return: 0; or as primary_transfer(): then the callback does not come, and only comparison_cancel() is left.
 */
int comparison_start(struct comparison *c, ldns_rr_list *wanted, ldns_rr_list *unsettled);

/** A change of the names in @updates is on its way: nothing is to be said of them. */
void comparison_leave_alone(struct comparison *c, const ldns_rr_list *updates);

/** Forget it; its callback is not called. Not after it was. */
void comparison_cancel(struct comparison *c);

#endif
