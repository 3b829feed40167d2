/*
 * Children that change their keys or their servers are followed: each delegation is visited once a day, and
 * soon after a NOTIFY (RFC 9859) for one of its zones.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_FOLLOWING_H
#define FONTAINE_RDNS_FOLLOWING_H

#include "rdns/notify.h"
#include "rdns/visit.h"

enum {
	FOLLOWING_LOOK_MS = 10000,    /* until it is seen that a delegation is due */
	FOLLOWING_MAX = 8,            /* delegations visited at a time */
	FOLLOWING_DESCRIPTORS = 2048, /* sockets that all this takes, but where zones have the most servers */
	FOLLOWING_HURRIES_MAX = 64,   /* on their way into the database; more are lost */
};

struct following; /* opaque; ends with following_close() */

/** Begin. @config is copied, what it points to is borrowed. Never NULL. */
struct following *following_new(const struct visit_config *config);

/** Somebody says that @zone has changed. It is looked at soon, if it is delegated and was not just looked at. */
void following_notified(struct following *f, const char *zone);

void following_add_metrics(const struct following *f, struct buf *b);

/**
 * After checking_close() and publishing_close(), before the store's end: leave all as it is, and free @f; then
 * call @on_closed (may be NULL).
 */
void following_close(struct following *f, void (*on_closed)(void *data), void *data);

#endif
