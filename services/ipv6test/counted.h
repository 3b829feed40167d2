/*
 * Whom the readiness statistics have counted today, so that one script does not count for many:
 * each /32 or /56, what one household has, once a day.
 *
 * It is a table of fixed size, of keyed hashes and no addresses. A prefix may take one of a few
 * places; when others have all of them, it is not counted: who has very many prefixes can keep
 * some others out for a day, but add no more than the table has places. It starts empty.
 * Pure; any thread.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_COUNTED_H
#define FONTAINE_IPV6TEST_COUNTED_H

#include "base/addr.h"

#include <stdbool.h>
#include <stdint.h>

struct counted; /* opaque; release with counted_free() */

/** Room for about @prefixes. Never NULL. */
struct counted *counted_new(unsigned prefixes);
void counted_free(struct counted *c);

/** Whether @client is to be counted on @day, since 1970; a later day forgets those of the one before. */
bool counted_take(struct counted *c, const struct addr *client, int64_t day);

#endif
