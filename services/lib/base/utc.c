/* SPDX-License-Identifier: MIT */
#include "base/utc.h"

#include <time.h>

const char *utc_text(int64_t time_s, char out[UTC_TEXT_MAX])
{
	time_t t = time_s;
	struct tm tm;

	(void)strftime(out, UTC_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	return out;
}
