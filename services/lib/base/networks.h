/*
 * The networks that are connected to the exchange point: the members that the POP file lists, or
 * those of the IX-F Member Export that it names.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_NETWORKS_H
#define FONTAINE_BASE_NETWORKS_H

#include "base/addr.h"
#include "base/pop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One network. Texts are clean: no control characters, URLs of the web, mail addresses. */
struct network {
	uint32_t asn;
	char *name;                         /* "AS64500" when it has none */
	char *url, *since;                  /* its pages; the day it joined, "2026-03-14"; or NULL */
	uint64_t speed_mbps;                /* of all its ports; 0: not said */
	uint32_t prefixes[2];               /* of IPv4 and IPv6: assigned, or as many as it may announce; 0: not said */
	bool route_server, route_collector; /* it is connected to that of the exchange */
	struct addr *addresses;             /* on the peering LAN, IPv4 first */
	size_t n_addresses;
	char **contacts;
	size_t n_contacts;
};

struct networks {
	struct network *all; /* by asn, each once */
	size_t n;
};

/**
 * Those of @p. Several members of one AS number in an export are one network.
 * Return: 0 and *ret, released with networks_free(); or a negative errno when the export cannot be
 * used, logged with its path.
 */
int networks_new(const struct pop *p, struct networks **ret);
void networks_free(struct networks *n);

/**
 * What everybody may know of them, as services/web/networks/openapi.yaml says; @export: where the
 * IX-F Member Export itself is, or NULL. Release with free().
 */
char *networks_json(const struct networks *n, const char *export);

#endif
