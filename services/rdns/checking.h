/*
 * The checks of delegations, as rdnsd makes them: all zones of a prefix side by side, so many zones at once
 * and no more, what members wait for before what is only checked again. Blocks nothing: questions are asked
 * on the loop, and answers judged on libuv's worker threads.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_CHECKING_H
#define FONTAINE_RDNS_CHECKING_H

#include "base/buf.h"
#include "base/pop.h"
#include "delegation/collect.h"
#include "net/whose.h"
#include "rdns/check_result.h"
#include "rdns/delegated.h"

#include <uv.h>

enum {
	CHECKING_ZONES_MAX = 32,     /* under way */
	CHECKING_ZONES_OF_ONE = 16,  /* of them, of one prefix */
	CHECKING_MAX = 256,          /* prefixes under way or waiting */
	CHECKING_MAX_OF_MEMBER = 4,  /* of them, of one member */
	CHECKING_DESCRIPTORS = 8192, /* sockets that all this takes: zones with many servers are fewer at once */
};

struct checking; /* opaque; ends with checking_close() */

/** Of @p count the resolver and the lab's prefixes; @whose (borrowed) knows who announces addresses. Never NULL. */
struct checking *checking_new(uv_loop_t *loop, const struct pop *p, struct whose *whose);

/** @r is borrowed for the time of the call; NULL: checking_stop() has ended the check. */
typedef void (*checking_done_fn)(const struct check_result *r, void *data);

/**
 * Check @d (copied) for the member @asn; 0: one of the delegations that are checked again,
 * which come last. @on_done comes once, on the loop, never at once.
 * Return: 0; -EBUSY: the prefix is being checked; -EAGAIN: the member has as many as it may; -ENOBUFS: too many wait,
 * or checking_stop() was called.
 */
int checking_start(struct checking *c, uint32_t asn, const struct delegated *d, checking_done_fn on_done, void *data);

/** How far a check is; questions asked until now, and those of them answered or given up. */
struct checking_progress {
	size_t n_zones, n_zones_done;
	size_t n_asked, n_answered;
};

/** Return: whether @prefix is being checked, or waits for it. */
bool checking_progress(const struct checking *c, const struct prefix *prefix, struct checking_progress *ret);

/** Where checks go: as @c itself, as long as it lives. */
const struct collect_settings *checking_settings(const struct checking *c);

/** Prefixes under way or waiting. */
size_t checking_count(const struct checking *c);

void checking_add_metrics(const struct checking *c, struct buf *b);

/** End all checks now, tell their owners, and begin no more. */
void checking_stop(struct checking *c);

/** Forget all checks, tell nobody, and free @c; then call @on_closed (may be NULL). */
void checking_close(struct checking *c, void (*on_closed)(void *data), void *data);

#endif
