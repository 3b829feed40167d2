/* SPDX-License-Identifier: MIT */
#include "mirror/osm.h"

#include "mirror/listed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SEQUENCE_MAX = 999999999 };

/** The value of a line that begins with @key, without an end; NULL: there is none. */
static const char *value_of(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, n) == 0)
			return line + n;
	}
	return NULL;
}

/** "2026-11-21T14\:00\:00Z", as Java's properties have it, or without backslashes. */
static bool read_date(const char *value, int64_t *ret)
{
	struct tm tm = {0};
	char text[32];
	size_t n = 0;

	for (; *value != '\0' && *value != '\r' && *value != '\n'; value++)
		if (*value != '\\' && n < sizeof(text) - 1)
			text[n++] = *value;
	text[n] = '\0';
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (end == NULL || *end != '\0')
		return false;
	*ret = timegm(&tm);
	return true;
}

int osm_state_parse(const char *text, struct osm_state *ret)
{
	const char *sequence = value_of(text, "sequenceNumber="), *date = value_of(text, "timestamp=");
	struct osm_state s;

	if (sequence == NULL || date == NULL ||
	    listed_number(sequence, strspn(sequence, "0123456789"), &s.sequence) < 0 || s.sequence > SEQUENCE_MAX ||
	    !read_date(date, &s.date))
		return -EINVAL;
	*ret = s;
	return 0;
}

char *osm_name(uint64_t sequence, const char *ending, char ret[OSM_NAME_MAX])
{
	(void)snprintf(ret, OSM_NAME_MAX, "%03" PRIu64 "/%03" PRIu64 "/%03" PRIu64 ".%s", sequence / 1000000,
	               sequence / 1000 % 1000, sequence % 1000, ending);
	return ret;
}
