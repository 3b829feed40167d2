/* Distributions of the figures of many tests, by family and origin AS: of nobody alone. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_DISTRIBUTION_H
#define FONTAINE_FONTAINE_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum measure {
	MEASURE_DOWNLOAD, /* bit/s */
	MEASURE_UPLOAD,
	MEASURE_LATENCY, /* ms */
	MEASURE_JITTER,
	MEASURE_DOWNLOAD_ADDED, /* latency under load, less that at rest */
	MEASURE_UPLOAD_ADDED,
	MEASURES,
};

enum {
	DISTRIBUTION_MIN_TESTS = 5, /* fewer tell of somebody */
	QUANTILES = 5,
};

extern const unsigned quantile_percents[QUANTILES]; /* 10, 25, 50, 75, 90 */

/** One family of one test. */
struct sample {
	char family[8];           /* "ipv4" */
	uint32_t asn;             /* 0: not known */
	char *name;               /* of the AS, or NULL */
	double figures[MEASURES]; /* NAN: not measured */
};

struct distribution {
	bool is_known; /* from DISTRIBUTION_MIN_TESTS figures on */
	double quantiles[QUANTILES];
};

/** The tests over a family from an AS; or from all ASes with too few tests of their own. */
struct group {
	const char *family; /* the samples' */
	uint32_t asn;
	const char *name; /* the samples', or NULL */
	bool is_others;
	size_t n_tests;
	struct distribution measures[MEASURES];
};

/**
 * Group @n samples, in the order of family and asn; groups with most tests come first,
 * within a family, and the others last. Return: how many, in *ret, released with free().
 */
size_t distribution_groups(const struct sample *samples, size_t n, struct group **ret);

#endif
