/* Knot, the primary server of our zones: told of changes, asked what it serves. It answers in events of change.h. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PRIMARY_H
#define FONTAINE_RDNS_PRIMARY_H

#include "base/addr.h"
#include "rdns/change.h"
#include "rdns/message.h"
#include "rdns/prompting.h"

#include <uv.h>

enum {
	PRIMARY_LIMIT_MS = 5000,                    /* for each part of a zone */
	PRIMARY_UPDATE_MS = 1500,                   /* until it has answered an update of a few records */
	PRIMARY_UPDATE_BYTES_PER_MS = 16,           /* of a large one, that much longer */
	PRIMARY_ASK_MS = 1500,                      /* until all that is asked is answered, if by a second SYN */
	PRIMARY_ANSWER_MAX_BYTES = 128 * 1024,      /* to an update */
	PRIMARY_ZONE_MAX_BYTES = 512 * 1024 * 1024, /* of a transfer */
};

/** Borrowed by its jobs. */
struct primary {
	uv_loop_t *loop;
	struct addr server; /* with its port */
	struct tsig_key key;
	struct prompting *prompting; /* told of updates; NULL: nobody is */
};

struct primary_job; /* opaque; lives until its callback is called or primary_cancel() */

/** Called once, on the loop, never from within the call that began the job. */
typedef void (*primary_event_fn)(enum change_event e, void *data);

/**
 * @rc: 0 with @records, yours, the zone's SOA among them; or a negative errno, as message_check(),
 * dns_exchange_start() and transfer_add() have it.
 */
typedef void (*primary_zone_fn)(int rc, ldns_rr_list *records, void *data);

/**
 * Send the update @records of the zone @origin; ends with CHANGE_DONE, _REFUSED, _UNREACHED or _UNANSWERED.
 * Return: 0 with *ret; or as message_update(): then no callback comes.
 */
int primary_update(struct primary *p, const ldns_rdf *origin, const ldns_rr_list *records,
                   primary_event_fn on_event, void *data, struct primary_job **ret);

/**
 * Ask whether what difference_replace() put into @updates (borrowed until the end) is served;
 * ends with CHANGE_SERVED or _UNSERVED.
 */
struct primary_job *primary_ask(struct primary *p, const ldns_rr_list *updates, primary_event_fn on_event, void *data);

/** Take the whole zone over. Return: as primary_update(). */
int primary_transfer(struct primary *p, const ldns_rdf *origin,
                     primary_zone_fn on_zone, void *data, struct primary_job **ret);

/** Forget it; its callback is not called. Not after it was. */
void primary_cancel(struct primary_job *job);

#endif
