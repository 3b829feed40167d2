/* Many records to the primary server, in as many updates as they need. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_SENDING_H
#define FONTAINE_RDNS_SENDING_H

#include "rdns/primary.h"

struct sending; /* opaque; lives until its callback is called or sending_cancel() */

/**
 * Send @updates of the zone @origin (both borrowed until the end), a name's records never parted.
 * Ends with CHANGE_DONE, _REFUSED, _UNREACHED or _UNANSWERED; not from within this call. When a part of them was
 * taken and another one not, nobody knows: CHANGE_UNANSWERED. Never NULL.
 */
struct sending *sending_start(struct primary *primary, const ldns_rdf *origin, const ldns_rr_list *updates,
                              primary_event_fn on_event, void *data);

/** Forget it; its callback is not called. Not after it was. */
void sending_cancel(struct sending *s);

#endif
