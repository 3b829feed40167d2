/* SPDX-License-Identifier: MIT */
#include "fontaine/moment.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { AGO_MAX = 1000000 };

/* "7d" */
static int parse_ago(const char *text, int64_t now, int64_t *ret)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	long n = strtol(text, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (*end != units[i].letter || end[1] != '\0' || n > AGO_MAX)
			continue;
		*ret = now - n * units[i].seconds;
		return 0;
	}
	return -EINVAL;
}

/* Whether all of @text is of the @format, which is one of ours, and a day that there is. */
static bool parse_date(const char *text, const char *format, int64_t *ret)
{
	struct tm tm = {0};
	const char *end = strptime(text, format, &tm);
	int day = tm.tm_mday;

	if (end == NULL || *end != '\0')
		return false;
	*ret = timegm(&tm);
	return tm.tm_mday == day; /* it makes 1 March of 29 February */
}

int moment_parse(const char *text, int64_t now, int64_t *ret)
{
	int64_t moment;

	if (strspn(text, "0123456789-T:Z") == strlen(text) &&
	    (parse_date(text, "%Y-%m-%d", &moment) || parse_date(text, "%Y-%m-%dT%H:%M:%SZ", &moment))) {
		*ret = moment;
		return 0;
	}
	return parse_ago(text, now, ret);
}
