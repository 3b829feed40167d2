/*
 * From what sources say to what is to be sent: one transaction notes how all is and puts into the outbox what is to be
 * told of it, to each network as it wishes, and to the operators. Blocks: in jobs of the store.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_TELLING_H
#define FONTAINE_PEERS_TELLING_H

#include "base/networks.h"
#include "base/pop.h"
#include "peers/subjects.h"

#include <sqlite3.h>

/** Borrowed; the counters are added to. */
struct telling {
	const struct pop *pop; /* with its section notices */
	const struct networks *networks;
	uint64_t made, dropped; /* put into the outbox; too many waited there */
};

/** The network of an AS number or, without one, of an address on the peering LAN; NULL: none that is known. */
const struct network *telling_network(const struct telling *t, uint32_t asn, const char *address);

/** Note what sources say now, and what is to be told of it. Return: 0 and *ret, how all is; or as db_exec(). */
int telling_round(sqlite3 *db, struct telling *t, struct look *looks, size_t n, int64_t now_s, struct subjects *ret);

/** Have whoever is told of @asn, or the operators (0), told that this is a test. Return: how many; or as db_exec(). */
int telling_test(sqlite3 *db, struct telling *t, uint32_t asn, int64_t now_s);

#endif
