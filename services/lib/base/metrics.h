/* Metrics as text (Prometheus text exposition format 0.0.4), written into a buffer. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_METRICS_H
#define FONTAINE_BASE_METRICS_H

#include "base/buf.h"

#include <stdint.h>

enum metrics_type { METRICS_COUNTER,
	            METRICS_GAUGE };

/** Start a family: its HELP and TYPE lines. @name in base units; a counter's ends in "_total". */
void metrics_family(struct buf *b, const char *name, enum metrics_type type, const char *help);

/** One sample of the family; @labels is "" or `key="value",...` whose values need no escaping. */
void metrics_u64(struct buf *b, const char *name, const char *labels, uint64_t value);
void metrics_double(struct buf *b, const char *name, const char *labels, double value);

#endif
