/*
 * Which name servers and glue a zone's CSYNC record asks for, and whether it gets them (RFC 7477). All is asked
 * of one server, the SOA record first and last. An address goes only together with its server. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_CSYNC_H
#define FONTAINE_RDNS_CSYNC_H

#include "delegation/observed.h"
#include "rdns/follow.h"

/** What one server answered, in the order of asking. Owned; release with csync_seen_done(). */
struct csync_seen {
	struct observed_answer soa, csync, ns;
	struct observed_answer addresses[DELEGATION_SERVERS_MAX][FAMILIES]; /* of csync_inside()'s names */
	struct observed_answer soa_again;
};

/** Whether there is a record to follow; if not, nothing else is to be asked. */
bool csync_is_there(const struct csync_seen *s);

/** The servers' names, by NS, that are inside of @d's zone: their addresses are to be asked. Return: how many. */
size_t csync_inside(const struct csync_seen *s, const struct delegation *d,
                    char ret[DELEGATION_SERVERS_MAX][DELEGATION_NAME_MAX]);

struct csync_decision {
	enum follow_outcome outcome;
	struct delegation next; /* of FOLLOW_CHANGE: the servers, by name, and their glue; DS are @d's */
	time_t signed_since;    /* of FOLLOW_CHANGE: when the oldest signature of the CSYNC record begins */
};

/**
 * Decide for @d, what there is, at @now. @shows_keys shows the zone's keys. A signature of the CSYNC record that
 * begins before @since is refused. Release with csync_done().
 */
struct csync_decision csync_decide(const struct csync_seen *s, const struct delegation *d,
                                   const struct observed_target *shows_keys, time_t since, time_t now);

void csync_done(struct csync_decision *d);
void csync_seen_done(struct csync_seen *s);

#endif
