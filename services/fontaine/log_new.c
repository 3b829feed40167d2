/* SPDX-License-Identifier: MIT */
#include "fontaine/log_new.h"

#include <string.h>

const char *log_new(const char *before, const char *now)
{
	size_t len = strlen(before);

	while (strncmp(before, now, len) != 0) { /* its beginning was dropped */
		before++;
		len--;
	}
	return now + len;
}
