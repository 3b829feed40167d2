/* Metrics as text. A line that does not fit the buffer's limit is left out whole. */
/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static const char *const type_names[] = {
	[METRICS_COUNTER] = "counter",
	[METRICS_GAUGE] = "gauge",
};

void metrics_family(struct buf *b, const char *name, enum metrics_type type, const char *help)
{
	(void)buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type_names[type]);
}

static void sample(struct buf *b, const char *name, const char *labels, const char *value)
{
	if (*labels == '\0')
		(void)buf_printf(b, "%s %s\n", name, value);
	else
		(void)buf_printf(b, "%s{%s} %s\n", name, labels, value);
}

void metrics_u64(struct buf *b, const char *name, const char *labels, uint64_t value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	sample(b, name, labels, text);
}

void metrics_double(struct buf *b, const char *name, const char *labels, double value)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%.15g", value);
	if (isnan(value))
		sample(b, name, labels, "NaN");
	else if (isinf(value))
		sample(b, name, labels, value > 0 ? "+Inf" : "-Inf");
	else
		sample(b, name, labels, text);
}
