/* Whether a service of the POP does its work: a real question to one of its sockets, and what the answer is worth. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PROBE_PROBE_H
#define FONTAINE_PROBE_PROBE_H

#include "base/pop.h"

#include <openssl/types.h>

struct finding {
	bool is_up;
	char detail[96]; /* why not */
	/* The one figure that matters, when it is up. */
	const char *figure_name; /* "stratum" */
	const char *figure_unit; /* "ms", or "" */
	double figure;
};

struct ssl_session_st; /* SSL_SESSION */

struct prober {
	const struct pop *pop; /* borrowed */
	unsigned limit_ms;     /* of one question */
	SSL_CTX *tls;          /* trusts any certificate */
};

/** Return: 0 or -ENOMEM. End with prober_done(). SIGPIPE must be ignored. */
int prober_init(struct prober *p, const struct pop *pop, unsigned limit_ms);
void prober_done(struct prober *p);

/**
 * Ask @e the question of its service. Blocks for limit_ms at most; any number of threads may do so.
 * @session: of TLS with @e, see struct exchange; may be NULL.
 */
void probe(const struct prober *p, const struct pop_endpoint *e, struct ssl_session_st **session,
           struct finding *ret);

enum { PROBE_SOCKETS_MAX = POP_ENDPOINTS_MAX + 4 }; /* those of the pages again, for what is one of them */

/** List the sockets to ask, those of a service together, each named after the service. Return: how many. */
size_t probe_list(const struct pop *p, struct pop_endpoint ret[PROBE_SOCKETS_MAX]);

#endif
