/*
 * Zones that Knot is to have by the catalog of rdns/synthesised.h, put there and given their hosted names: the
 * catalog is made right, then each zone, which Knot makes a moment later.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_FILLING_H
#define FONTAINE_RDNS_FILLING_H

#include "rdns/publisher.h"

enum {
	FILLING_WAIT_MS = 50,
	FILLING_LIMIT_MS = 4000, /* until no zone that is not there is waited for any more */
};

struct filling; /* opaque; lives until its callback is called or filling_cancel() */

typedef void (*filling_fn)(bool is_right, void *data);

/** All is borrowed, but for the list. */
struct filling_request {
	struct publisher *publisher;
	uv_loop_t *loop;
	const char *catalog; /* its zone */
	ldns_rr_list *zones; /* taken: records of the zones to be filled */
	filling_fn on_end;
	void *data;
};

/** Calls on_end once, not from within this call: whether all of them are right. Never NULL. */
struct filling *filling_start(const struct filling_request *request);

/** Forget it, after publisher_close(); its callback is not called. */
void filling_cancel(struct filling *f);

#endif
