/*
 * Comma-separated values (RFC 4180), one row at a time. A field in quotes may have commas and
 * doubled quotes in it, but no end of a line. Blank lines are passed over. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_CSV_H
#define FONTAINE_BASE_CSV_H

#include <stddef.h>

/** What is left of a text (borrowed), and the line that was read last, from 1. */
struct csv {
	const char *at, *end;
	unsigned line;
};

enum {
	CSV_FIELDS_MAX = 8,
	CSV_ROW_MAX_BYTES = 1024,
};

struct csv_row {
	const char *fields[CSV_FIELDS_MAX]; /* in text */
	unsigned n;
	char text[CSV_ROW_MAX_BYTES];
};

/** The @len bytes at @text, with or without a byte order mark. */
struct csv csv_start(const char *text, size_t len);

/**
 * Read the next row.
 * Return: 1; 0 at the end; -EINVAL when the row is malformed, -E2BIG when it has more fields or
 * bytes than we take: the next call reads the row after it.
 */
int csv_next(struct csv *c, struct csv_row *ret);

#endif
