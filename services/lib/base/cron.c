/* SPDX-License-Identifier: MIT */
#include "base/cron.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define BIT(n) (UINT64_C(1) << (n))

enum {
	DAY_S = 86400,
	DAY_MINUTES = 1440,
	DAYS_MAX = 8 * 366 + 1, /* from a 29 February to the next, over a year such as 2100 */
	FIELDS = 5,
	DIGITS_MAX = 2,
};

static bool read_number(const char **at, unsigned *ret)
{
	unsigned n = 0, digits = 0;

	for (; **at >= '0' && **at <= '9' && digits < DIGITS_MAX; digits++, (*at)++)
		n = n * 10 + (unsigned)(**at - '0');
	*ret = n;
	return digits > 0;
}

/** One of a list: "*", "5", "1-5", each with or without a step. */
static bool read_range(const char **at, unsigned min, unsigned max, uint64_t *bits)
{
	unsigned first = min, last = max, step = 1;
	bool is_one = false;

	if (**at == '*') {
		(*at)++;
	} else {
		if (!read_number(at, &first))
			return false;
		last = first;
		is_one = **at != '-';
		if (!is_one && (++*at, !read_number(at, &last)))
			return false;
	}
	if (**at == '/') {
		++*at;
		if (is_one || !read_number(at, &step) || step == 0)
			return false;
	}
	if (first < min || last > max || first > last)
		return false;
	for (unsigned n = first; n <= last; n += step)
		*bits |= BIT(n);
	return true;
}

static bool read_field(const char **at, unsigned min, unsigned max, uint64_t *ret)
{
	uint64_t bits = 0;

	while (read_range(at, min, max, &bits)) {
		if (**at != ',') {
			*ret = bits;
			return **at == ' ' || **at == '\0';
		}
		++*at;
	}
	return false;
}

static bool has_day(const struct cron *c, const struct tm *tm)
{
	bool is_day = (c->days & BIT(tm->tm_mday)) != 0;
	bool is_weekday = (c->weekdays & BIT(tm->tm_wday)) != 0;

	if ((c->months & BIT(tm->tm_mon + 1)) == 0)
		return false;
	return c->is_either ? is_day || is_weekday : is_day && is_weekday;
}

/** The first minute of a day from @minute on, or -1. */
static int find_minute(const struct cron *c, int minute)
{
	for (; minute < DAY_MINUTES; minute++)
		if ((c->hours & BIT(minute / 60)) != 0 && (c->minutes & BIT(minute % 60)) != 0)
			return minute;
	return -1;
}

int64_t cron_next(const struct cron *c, int64_t after)
{
	time_t day = after - after % DAY_S;
	int from = (int)(after % DAY_S / 60) + 1;
	struct tm tm;

	for (unsigned i = 0; i < DAYS_MAX; i++, day += DAY_S, from = 0) {
		if (gmtime_r(&day, &tm) == NULL)
			break;
		int minute = has_day(c, &tm) ? find_minute(c, from) : -1;
		if (minute >= 0)
			return day + minute * 60L;
	}
	return INT64_MAX;
}

int cron_parse(const char *text, struct cron *ret)
{
	static const struct {
		unsigned min, max;
	} fields[FIELDS] = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 7}};
	uint64_t bits[FIELDS];
	bool is_any[FIELDS];

	for (size_t i = 0; i < FIELDS; i++) {
		text += strspn(text, " ");
		is_any[i] = *text == '*';
		if (!read_field(&text, fields[i].min, fields[i].max, &bits[i]))
			return -EINVAL;
	}
	if (text[strspn(text, " ")] != '\0')
		return -EINVAL;
	if ((bits[4] & BIT(7)) != 0) /* Sunday as well */
		bits[4] |= BIT(0);
	struct cron c = {.minutes = bits[0],
	                 .hours = (uint32_t)bits[1],
	                 .days = (uint32_t)bits[2],
	                 .months = (uint32_t)bits[3],
	                 .weekdays = (uint32_t)bits[4],
	                 .is_either = !is_any[2] && !is_any[4]};
	if (cron_next(&c, 0) == INT64_MAX)
		return -ERANGE;
	*ret = c;
	return 0;
}
