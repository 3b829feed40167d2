/* The times of crontab(5), in UTC: five fields of numbers, ranges, lists and steps. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_CRON_H
#define FONTAINE_BASE_CRON_H

#include <stdbool.h>
#include <stdint.h>

/** One bit for each value that a field has. */
struct cron {
	uint64_t minutes;
	uint32_t hours, days, months, weekdays; /* days and months from 1; Sunday is weekday 0 */
	bool is_either;                         /* one of day and weekday is enough, as when POSIX sees both given */
};

/** Return: 0; or -EINVAL when @text is none, -ERANGE when its time never comes (30 February). */
int cron_parse(const char *text, struct cron *ret);

/** The first time after @after, both Unix seconds, at second 0 of its minute. */
int64_t cron_next(const struct cron *c, int64_t after);

#endif
