/*
 * What healthd is asked. By the socket that nginx passes on to, by everybody: /status.json (health/report.h),
 * /history.json?days=N (health/health_db.h), /status.atom?language= (health/feed.h), /healthz: it lives, /readyz: the
 * POP may be announced. By the control socket, whose permissions say who may, also /metrics, and POST /drain and
 * /undrain, of all or of ?service=NAME.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_API_H
#define FONTAINE_HEALTH_API_H

#include "health/rounds.h"
#include "net/http.h"

/** The data of a server; all of it is borrowed. */
struct api {
	struct model *model;
	struct rounds *rounds;
	struct store *store;
	const struct http_counters *counters; /* of all sockets, for the metrics */
	unsigned n_counters;
};

/** For both sockets, and for the operator's alone. */
extern const struct http_route api_routes[];
extern const struct http_route api_control_routes[];

#endif
