/*
 * One result of the speed test: what a page may post, checked field by field, and
 * the figures that are kept of it. Pure.
 * Shape: services/speedtest/web/results.js
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_RESULT_H
#define FONTAINE_SPEEDTEST_RESULT_H

#include "base/addr.h"
#include "base/json_shape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RESULT_MAX_BYTES = 64 * 1024 }; /* as posted */

enum result_family {
	RESULT_IPV4,
	RESULT_IPV6,
	RESULT_FAMILIES,
};

extern const char *const result_family_names[RESULT_FAMILIES]; /* "ipv4", "ipv6" */

/** What was measured over one family; NAN stands for what was not. */
struct result_figures {
	double download_bps, upload_bps;
	double latency_ms, jitter_ms;              /* idle */
	double download_added_ms, upload_added_ms; /* latency that a load adds */
};

extern const struct result_figures result_no_figures;

struct result {
	struct result_figures figures[RESULT_FAMILIES];
	/** The visitor's addresses as the page knows them; sa_family 0: none. Not in @json. */
	struct addr clients[RESULT_FAMILIES];
	double loss_percent; /* NAN: not measured */
	char *json;          /* all that was posted but addresses */
};

/**
 * Read the @len bytes of JSON at @text, without a NUL after them.
 * Return: 0 and *ret, for result_done(); or -EINVAL and in @reterr a line that names
 * the field and says what it must be.
 */
int result_parse(const char *text, size_t len, struct result *ret, char reterr[JSON_SHAPE_ERROR_MAX]);

/** The result of a client that gives no more than @figures. Release with result_done(). */
void result_of_figures(enum result_family family, const struct result_figures *figures, struct result *ret);

void result_done(struct result *r);

/** Whether anything was measured over the family. */
bool result_figures_any(const struct result_figures *f);

/** "A+" to "F" for the latency that a load adds; "" when it is not known. */
const char *result_grade(const struct result_figures *f);

#endif
