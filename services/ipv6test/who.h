/*
 * /who.json: who a visitor is on the Internet. Origin AS, prefix and RPKI state come from
 * the POP's files, the name of the address from its own resolver: nobody else is asked.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_WHO_H
#define FONTAINE_IPV6TEST_WHO_H

#include "base/pop.h"
#include "net/http.h"

struct whose;

/** Handlers' data is struct ipv6test. */
extern const struct http_route who_routes[];

struct who; /* of all workers; opaque; release with who_free() */

/** For the POP @p (borrowed), with what @whose (borrowed) knows. Never NULL. */
struct who *who_new(const struct pop *p, struct whose *whose);
void who_free(struct who *w);

/** Append what was counted. Any thread. */
void who_metrics(const struct who *w, struct buf *b);

#endif
