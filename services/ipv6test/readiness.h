/*
 * How many visitors are ready for IPv6: POST /readiness counts one at the end of a run, of each
 * household once a day (ipv6test/counted.h); GET /readiness.json?days=N tells of the last 7, 30,
 * 90 or 365 days, for all. Only counters by day and origin AS are kept.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_READINESS_H
#define FONTAINE_IPV6TEST_READINESS_H

#include "net/http.h"

/** Handlers' data is struct ipv6test. */
extern const struct http_route readiness_routes[];

struct readiness; /* of all workers; opaque; release with readiness_free() */

/** Never NULL. */
struct readiness *readiness_new(void);
void readiness_free(struct readiness *r);

/** Append what was counted. Any thread. */
void readiness_metrics(const struct readiness *r, struct buf *b);

#endif
