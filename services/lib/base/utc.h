/* A time as people and programs read it. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_UTC_H
#define FONTAINE_BASE_UTC_H

#include <stdint.h>

enum { UTC_TEXT_MAX = 32 }; /* "2026-03-14T09:26:53Z" and its NUL, with years to spare */

/** @time_s, Unix seconds, as RFC 3339 has it, in UTC. Return: @out. */
const char *utc_text(int64_t time_s, char out[UTC_TEXT_MAX]);

#endif
