/* What all of rdnsd shares: one loop, one database, who holds what. Handlers get it as their data. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_RDNSD_H
#define FONTAINE_RDNS_RDNSD_H

#include "net/session.h"
#include "rdns/allocations.h"
#include "rdns/key_file.h"
#include "store/store.h"

struct bearer;
struct checking;
struct following;
struct http_daemon;
struct notifying;
struct publishing;
struct rechecking;
struct roster;
struct webhook;
struct whose;

/** Used by the one worker's thread alone, but for what its jobs are given. */
struct rdnsd {
	const struct http_daemon *daemon;
	const struct pop *pop;
	char *database; /* path */
	struct allocations allocations;
	struct roster *roster; /* whose assignments are */
	struct sessions *sessions;
	struct bearer *bearer;
	struct notifying *notifying;
	struct key_file key; /* of Knot's */
	int prompting_fd;    /* until publishing has it */
	struct whose *whose; /* who announces the addresses of name servers */

	/* While the worker runs. */
	uv_loop_t *loop;
	struct store *store;
	struct publishing *publishing;
	struct checking *checking;
	struct rechecking *rechecking;
	struct following *following;
	struct webhook *webhook; /* NULL: nobody is to be told */
	unsigned n_calls;        /* requests of the API at hand */
	/** Called when the last of them has ended; NULL: not stopping. */
	void (*on_idle)(struct rdnsd *d);
};

/**
 * Whether name servers may be at @a: global unicast space, and the lab's. A check says so too, of what it
 * looks at; this is for what is not checked.
 */
bool rdnsd_may_have(const struct pop *p, const struct addr *a);

/** The clock of sessions: seconds that never go back. */
uint64_t rdnsd_now_s(void);

#endif
