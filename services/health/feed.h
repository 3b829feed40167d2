/* Outages as a news feed (Atom, RFC 4287). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_FEED_H
#define FONTAINE_HEALTH_FEED_H

#include "base/language.h"
#include "base/pop.h"
#include "store/store.h"

/**
 * Write the last outages of @pop, but those that fell into maintenance, the one that changed last first: each one
 * entry, which changes when the outage ends. For a job of the store. Return: as db_exec(); *ret, for free().
 */
int feed_write(sqlite3 *db, const struct pop *pop, enum language language, char **ret);

#endif
