/* What was asked of the servers of a delegation, and what each of them answered. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_DELEGATION_OBSERVED_H
#define FONTAINE_DELEGATION_OBSERVED_H

#include "delegation/delegation.h"

#include <ldns/ldns.h>

enum {
	FAMILIES = 2,               /* A, then AAAA */
	OBSERVED_LOOKED_UP_MAX = 4, /* addresses of one name and family: nobody has more */
	OBSERVED_TARGETS_MAX = DELEGATION_SERVERS_MAX * FAMILIES * OBSERVED_LOOKED_UP_MAX,
};

/** What every address is asked; the first three at once, the others when one of those was answered. */
enum probe {
	PROBE_SOA_UDP, /* all with EDNS and DO if not said otherwise */
	PROBE_SOA_TCP,
	PROBE_PLAIN, /* SOA over UDP without EDNS */
	PROBE_NS,
	PROBE_EDNS_1,    /* SOA with version 1 of EDNS */
	PROBE_RECURSION, /* a name of somebody else's, RD */
	PROBE_DNSKEY,
	PROBE_DENIAL, /* a name that does not exist */
	PROBE_CDS,
	PROBE_CDNSKEY,
	PROBES
};

struct observed_answer {
	char *query;      /* owned: "2.0.192.in-addr.arpa SOA, TCP"; NULL: not asked */
	int rc;           /* as dns_answer's */
	ldns_pkt *packet; /* owned; NULL unless rc is 0 */
};

/** One address of one server. */
struct observed_target {
	const struct delegation_server *server;
	struct addr addr;
	bool is_forbidden; /* not to be asked: no global unicast address */
	struct observed_answer answers[PROBES];
	/** Of the addresses of servers inside the zone, as this one has them. */
	struct observed_answer inside[DELEGATION_SERVERS_MAX][FAMILIES];
};

struct observed {
	const struct delegation *d;
	struct observed_answer parent; /* SOA of the name above the zone, by the resolver */
	/** Of the addresses of servers outside the zone, by the resolver. */
	struct observed_answer lookups[DELEGATION_SERVERS_MAX][FAMILIES];
	struct observed_target targets[OBSERVED_TARGETS_MAX];
	size_t n_targets;
};

/** @d is borrowed. Release with observed_free(). Never NULL. */
struct observed *observed_new(const struct delegation *d);
void observed_free(struct observed *o);

/** Release what @n answers own. */
void observed_answers_done(struct observed_answer *a, size_t n);

/**
 * Make the targets: of the addresses given, and where none is, of those looked up, OBSERVED_LOOKED_UP_MAX
 * of each family. @may says which may be asked.
 */
void observed_add_targets(struct observed *o, bool (*may)(const struct addr *a, const void *data), const void *data);

extern const ldns_rr_type observed_families[FAMILIES]; /* A, AAAA */

/** Whether it answered anything. */
bool observed_works(const struct observed_target *t);

/** The best whole answer for the zone's SOA, no complaint about EDNS where there is another; NULL: none. */
const struct observed_answer *observed_soa(const struct observed_target *t);

/** Whether there is an answer NOERROR with authority. */
bool observed_has_authority(const struct observed_answer *a);

/** Of the records for the question, those of @type; NULL when there is none. Release with ldns_rr_list_deep_free(). */
ldns_rr_list *observed_records(const struct observed_answer *a, ldns_rr_type type);

/** A name in lower case without the dot at its end. Return: @out. */
const char *observed_name(const ldns_rdf *name, char out[DELEGATION_NAME_MAX]);

/** Whether @answer tells of an address @a. */
bool observed_has_address(const struct observed_answer *answer, const struct addr *a);

#endif
