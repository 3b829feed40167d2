/* What is known of the POP's health, as JSON and as metrics. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_REPORT_H
#define FONTAINE_HEALTH_REPORT_H

#include "base/buf.h"
#include "health/rounds.h"

/**
 * {"time", "ready", "services": {NAME: {"up": true, false or null: unknown, "state": "unknown", "down", "held", "up",
 * "since", "drained", "figure": {"name", "value", "unit"} or "detail", "sockets": [{"protocol", "address", "state",
 * "detail"}]}}, "addresses": [{"address", "state", "services"}], "speed": {"time", "ipv4", "ipv6"} in bits a second}.
 * Times as RFC 3339 has them. Release with free().
 */
char *report_status(const struct model *m, const struct rounds_counters *c, int64_t now_s);

void report_metrics(const struct model *m, const struct rounds_counters *c, struct buf *b);

#endif
