/*
 * Results that visitors share: POST /results gives a code, which a help desk looks up; the page
 * at /r/CODE shows it, and the link with its key deletes it. Look-ups of one client are limited,
 * so that nobody tries codes.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_SHARE_H
#define FONTAINE_IPV6TEST_SHARE_H

#include "net/http.h"

/** Handlers' data is struct ipv6test. */
extern const struct http_route share_routes[];

struct share; /* of all workers; opaque; release with share_free() */

/** Never NULL. */
struct share *share_new(void);
void share_free(struct share *s);

/** Append what was counted. Any thread. */
void share_metrics(const struct share *s, struct buf *b);

#endif
