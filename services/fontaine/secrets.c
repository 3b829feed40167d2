/* What in a file is secret. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/secrets.h"

#include <string.h>

enum { KEY_MIN = 16 }; /* bytes of a key as text: words of a configuration are shorter */

static bool is_between(char c, const char *ends)
{
	return c == '\0' || strchr(ends, c) != NULL;
}

/** Add each run of bytes without @ends that has @min of them. Return: how many. */
static unsigned add_runs(struct scrub *s, const char *text, size_t len, const char *ends, size_t min)
{
	unsigned n = 0;

	for (size_t at = 0, from = 0; at <= len; at++) {
		if (at < len && !is_between(text[at], ends))
			continue;
		if (at - from >= min && scrub_add_secret(s, text + from, at - from) == 0)
			n++;
		from = at + 1;
	}
	return n;
}

/** Add what is in quotes, but for paths. */
static unsigned add_quoted(struct scrub *s, const char *text, size_t len)
{
	const char *end = text + len, *open, *close;
	unsigned n = 0;

	while ((open = memchr(text, '"', (size_t)(end - text))) != NULL &&
	       (close = memchr(open + 1, '"', (size_t)(end - open - 1))) != NULL) {
		if (open[1] != '/' && scrub_add_secret(s, open + 1, (size_t)(close - open - 1)) == 0)
			n++;
		text = close + 1;
	}
	return n;
}

unsigned secrets_in_file(struct scrub *s, const char *text, size_t len)
{
	const char *line_end = memchr(text, '\n', len);
	size_t line = line_end == NULL ? len : (size_t)(line_end - text);
	bool is_alone = line + 1 >= len; /* a password, say */

	return add_quoted(s, text, len) + add_runs(s, text, len, " \t\r\n\"';:,{}", is_alone ? 1 : KEY_MIN);
}

unsigned secrets_in_pop(struct scrub *s, const char *text, size_t len)
{
	const char *end = text + len;
	unsigned n = 0;

	while (text < end) {
		const char *line_end = memchr(text, '\n', (size_t)(end - text));
		if (line_end == NULL)
			line_end = end;
		const char *key = memmem(text, (size_t)(line_end - text), "webhook", strlen("webhook"));
		const char *host = key == NULL ? NULL : memmem(key, (size_t)(line_end - key), "://", 3);
		const char *path = host == NULL ? NULL : memchr(host + 3, '/', (size_t)(line_end - host - 3));
		if (path != NULL)
			n += add_runs(s, path + 1, (size_t)(line_end - path - 1), " \t\r\n\"'#", 1);
		text = line_end + 1;
	}
	return n;
}
