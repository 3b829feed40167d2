/* Lines "KEY=VALUE", as servers say what they count, made metrics by a table. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_FONTAINE_KEYED_H
#define FONTAINE_FONTAINE_KEYED_H

#include "base/metrics.h"

#include <stdbool.h>

/** One family: of the key @start, or with @label of all keys "@start...@end", whose middle is its value. */
struct keyed {
	const char *name;
	enum metrics_type type;
	const char *help;
	const char *start, *end;
	const char *label;     /* NULL: a single sample without */
	const char *constants; /* other labels, `section="server",`; or NULL */
};

/** Append the families of @table that @text has lines for. Return: whether there was any. */
bool keyed_write(struct buf *out, const struct keyed *table, size_t n, const char *text);

/** The number of the line @key. Return: whether there is one. */
bool keyed_number(const char *text, const char *key, double *ret);

#endif
