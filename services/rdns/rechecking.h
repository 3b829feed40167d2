/*
 * Delegations are checked again when it is time, what their checks find is noted, and whoever wants to know
 * is told of what broke and what was mended. Nothing is taken out of DNS for it.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_RECHECKING_H
#define FONTAINE_RDNS_RECHECKING_H

#include "net/webhook.h"
#include "rdns/checking.h"
#include "rdns/checks_db.h"

enum {
	RECHECKING_LOOK_MS = 5000,
	RECHECKING_MAX = 12, /* under way: many may have the same servers, which take so many connections */
};

/** All borrowed; the store and the webhook end after it. */
struct rechecking_config {
	uv_loop_t *loop;
	struct store *store;
	struct checking *checking;
	struct webhook *webhook; /* NULL: nobody is told */
	const struct pop *pop;
};

struct rechecking; /* opaque; ends with rechecking_close() */

/** Begin to look what is due. @config is copied. Never NULL. */
struct rechecking *rechecking_new(const struct rechecking_config *config);

/**
 * Check @d (copied) for the member @asn, and note what is found. Return: as checking_start().
 */
int rechecking_try(struct rechecking *r, uint32_t asn, const struct delegated *d);

/**
 * Note what the check of @d, for the member @asn, has found (checks_db_note()); both are copied. The result is
 * there for every job of the store that is queued after this one.
 */
void rechecking_note(struct rechecking *r, uint32_t asn, const struct delegated *d, const struct check_result *result);

void rechecking_add_metrics(const struct rechecking *r, struct buf *b);

/** Right after checking_close(): leave all for the next start, free @r, then call @on_closed (may be NULL). */
void rechecking_close(struct rechecking *r, void (*on_closed)(void *data), void *data);

#endif
