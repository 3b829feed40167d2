/* Whether a service of the POP does its work: a real question to one of its sockets. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_PROBE_H
#define FONTAINE_FONTAINE_PROBE_H

#include "base/pop.h"

struct finding {
	bool is_up;
	char detail[96]; /* why not */
	/* The one figure that matters, when it is up. */
	const char *figure_name; /* "stratum" */
	const char *figure_unit; /* "ms", or "" */
	double figure;
};

/** Ask @e of @p (both borrowed) the question of its service. Blocks for EXCHANGE_LIMIT_MS at most. */
void probe(const struct pop *p, const struct pop_endpoint *e, struct finding *ret);

#endif
