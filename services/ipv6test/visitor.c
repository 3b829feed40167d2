/* SPDX-License-Identifier: MIT */
#include "ipv6test/visitor.h"

#include <string.h>

const char *visitor_family(const struct addr *a)
{
	return addr_family(a) == AF_INET ? "ipv4" : "ipv6";
}

const char *visitor_header(const struct http_request *r, const char *name, char ret[VISITOR_TEXT_MAX])
{
	const char *value = http_request_header(r, name);
	size_t n = 0;

	for (; value != NULL && *value != '\0' && n < VISITOR_TEXT_MAX - 1; value++) {
		bool is_plain = *value >= ' ' && *value <= '~' && strchr("\"\\<>&", *value) == NULL;
		ret[n++] = '?';
		if (is_plain)
			ret[n - 1] = *value;
	}
	ret[n] = '\0';
	return ret;
}
