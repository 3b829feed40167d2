/* The beginning of a test: its nonce, and where a page asks what. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_IPV6TEST_SESSION_H
#define FONTAINE_IPV6TEST_SESSION_H

#include "base/pop.h"
#include "net/http.h"

/** GET /session.json. Handlers' data is struct ipv6test. */
extern const struct http_route session_routes[];

/** What is the same for all sessions; opaque; release with session_free(). */
struct session;

/** For the POP @p, whose IPv6 test is on. Never NULL. */
struct session *session_new(const struct pop *p);
void session_free(struct session *s);

#endif
