/*
 * Which DS records a zone's CDS and CDNSKEY records ask for, and whether it gets them (RFC 7344, RFC 8078,
 * and as registries ask: signed since the last change). Servers that do not answer are passed over; those
 * that do must agree. The first DS records of a zone need witnesses: the same records, signed, below names of
 * its servers (RFC 9615). Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_CDS_H
#define FONTAINE_RDNS_CDS_H

#include "delegation/observed.h"
#include "rdns/follow.h"

struct cds_decision {
	enum follow_outcome outcome;
	ldns_rr_list *ds;    /* of FOLLOW_CHANGE, owned, sorted; empty: no DS any more */
	time_t signed_since; /* of FOLLOW_CHANGE: when the oldest signature begins */
};

/**
 * Decide at @now; o->d->ds is what there is. Signatures that begin before @since are refused: they would
 * bring back what was there before. Release with cds_done().
 */
struct cds_decision cds_decide(const struct observed *o, time_t since, time_t now);

/** What the resolver said of each server's signal, by place in o->d->servers; of those inside the zone nothing. */
struct cds_signals {
	struct observed_answer cds[DELEGATION_SERVERS_MAX], cdnskey[DELEGATION_SERVERS_MAX]; /* owned */
};

enum { CDS_SIGNAL_MAX = 2 * DELEGATION_NAME_MAX + 32 };

/** Where a server says what the zone asks for: "_dsboot.ZONE._signal.SERVER" (RFC 9615, 3.2). Return: @out. */
const char *cds_signal_name(const char *zone, const char *server, char out[CDS_SIGNAL_MAX]);

/** Decide on FOLLOW_SIGNALS. An answer counts when the resolver says that it is authenticated (AD). */
struct cds_decision cds_bootstrap(const struct observed *o, const struct cds_signals *signals, time_t since,
                                  time_t now);

void cds_done(struct cds_decision *d);
void cds_signals_done(struct cds_signals *s);

#endif
