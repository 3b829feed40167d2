/*
 * How much each client prefix moved today, and whether that was its share. Pure.
 *
 * The table is bounded. When a new prefix finds no place, it takes that of the
 * one with the fewest bytes among those it could stand with: who used much is
 * remembered, who is forgotten begins the day anew.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_QUOTA_H
#define FONTAINE_SPEEDTEST_QUOTA_H

#include "base/addr.h"

#include <stdbool.h>
#include <stdint.h>

struct quota; /* opaque; release with quota_free() */

/** @daily_bytes for each prefix and day (UTC); @prefixes are remembered. Never NULL. */
struct quota *quota_new(uint64_t daily_bytes, uint32_t prefixes);
void quota_free(struct quota *q);

/** Charge @bytes to @prefix (borrowed) at @unix_s. */
void quota_add(struct quota *q, const struct prefix *prefix, uint64_t bytes, int64_t unix_s);

bool quota_is_spent(const struct quota *q, const struct prefix *prefix, int64_t unix_s);

/** From @unix_s to the next day, in milliseconds. */
uint32_t quota_wait_ms(int64_t unix_s);

#endif
