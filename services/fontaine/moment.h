/* A moment as an operator writes it. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_MOMENT_H
#define FONTAINE_FONTAINE_MOMENT_H

#include <stdint.h>

#define MOMENT_FORMS "2026-11-21, 2026-11-21T07:36:00Z, or 90m, 12h, 7d for so long ago"

/**
 * Read one of MOMENT_FORMS, in UTC (RFC 3339); @now and *ret are Unix seconds.
 * Return: 0, or -EINVAL.
 */
int moment_parse(const char *text, int64_t now, int64_t *ret);

#endif
