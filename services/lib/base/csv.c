/* SPDX-License-Identifier: MIT */
#include "base/csv.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct csv csv_start(const char *text, size_t len)
{
	static const char mark[] = "\xef\xbb\xbf";
	size_t skip = len >= strlen(mark) && memcmp(text, mark, strlen(mark)) == 0 ? strlen(mark) : 0;

	return (struct csv){.at = text + skip, .end = text + len};
}

/** A field in quotes, from after the first one; its text goes to *@out. Return: after the last quote, or NULL. */
static const char *read_quoted(const char *at, const char *end, char **out)
{
	for (; at < end; at++) {
		bool is_quote = *at == '"';
		if (is_quote && (at + 1 == end || at[1] != '"'))
			return at + 1;
		*(*out)++ = *at;
		at += is_quote; /* the first of two */
	}
	return NULL;
}

static const char *read_plain(const char *at, const char *end, char **out)
{
	for (; at < end && *at != ','; at++) {
		if (*at == '"')
			return NULL;
		*(*out)++ = *at;
	}
	return at;
}

/** The line from @at to @end, which fits. */
static int read_row(const char *at, const char *end, struct csv_row *ret)
{
	char *out = ret->text;

	for (ret->n = 0; ret->n < CSV_FIELDS_MAX; at++) {
		ret->fields[ret->n++] = out;
		bool is_quoted = at < end && *at == '"';
		at = is_quoted ? read_quoted(at + 1, end, &out) : read_plain(at, end, &out);
		if (at == NULL || (at < end && *at != ','))
			return -EINVAL;
		*out++ = '\0';
		if (at == end)
			return 1;
	}
	return -E2BIG;
}

int csv_next(struct csv *c, struct csv_row *ret)
{
	while (c->at < c->end) {
		const char *start = c->at;
		const char *stop = memchr(start, '\n', (size_t)(c->end - start));
		if (stop == NULL)
			stop = c->end;
		c->at = stop < c->end ? stop + 1 : stop;
		c->line++;
		if (stop > start && stop[-1] == '\r')
			stop--;
		if (stop == start)
			continue;
		if (stop - start >= CSV_ROW_MAX_BYTES)
			return -E2BIG;
		if (memchr(start, '\0', (size_t)(stop - start)) != NULL)
			return -EINVAL;
		return read_row(start, stop, ret);
	}
	return 0;
}
