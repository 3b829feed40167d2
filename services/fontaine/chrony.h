/* What chronyd says of itself, by "chronyc -c -n -m tracking serverstats sources". Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_CHRONY_H
#define FONTAINE_FONTAINE_CHRONY_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CHRONY_SOURCES_MAX = 64,
	CHRONY_TRACKING = 14, /* fields of the lines that tracking and serverstats print, chronyc(1) */
	CHRONY_SERVERSTATS = 17,
};

/** A time source; numbers as chronyc has them. */
struct chrony_source {
	char mode, state; /* '^', '=', '#'; '*', '+', '-', 'x', '~', '?' */
	char address[64];
	double stratum, poll, reach, age_s, offset_s, error_s;
};

struct chrony {
	double tracking[CHRONY_TRACKING]; /* from its third field on, but for the last one */
	bool is_synchronised;
	double serverstats[CHRONY_SERVERSTATS];
	struct chrony_source sources[CHRONY_SOURCES_MAX];
	size_t n_sources;
};

/** Read what was printed. Return: whether it is that. */
bool chrony_parse(const char *text, struct chrony *ret);

/** How many sources make the time: the one that is best, and those that are combined with it. */
size_t chrony_sources_used(const struct chrony *c);

/** Append the metrics of chrony_exporter. Return: whether @text was understood. */
bool chrony_write(struct buf *out, const char *text);

/** Append what the time page shows, as JSON. Return: as chrony_write(). */
bool chrony_write_json(struct buf *out, const char *text);

#endif
