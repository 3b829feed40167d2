/* What peerd is asked. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_PEERS_API_H
#define FONTAINE_PEERS_API_H

#include "net/http.h"
#include "peers/notices.h"
#include "peers/prober.h"
#include "store/store.h"

/** What the handlers need, as the data of the servers; borrowed. */
struct api {
	const struct prober *prober; /* NULL: latency is not measured */
	struct store *store;         /* of its history; NULL as well */
	struct notices *notices;     /* NULL: members are not told */
	const struct http_counters *counters;
	unsigned n_counters;
};

/** For everybody, about latency: services/peers/web/openapi.yaml. */
extern const struct http_route api_routes[];

/** For everybody, about networks: services/web/networks/openapi.yaml. */
extern const struct http_route api_network_routes[];

/** For the operator: notices to members. */
extern const struct http_route api_notices_routes[];

/** For the operator: the metrics. */
extern const struct http_route api_control_routes[];

#endif
