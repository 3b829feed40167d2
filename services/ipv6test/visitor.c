/* SPDX-License-Identifier: MIT */
#include "ipv6test/visitor.h"

#include <string.h>

const char *visitor_family(const struct addr *a)
{
	return addr_family(a) == AF_INET ? "ipv4" : "ipv6";
}

const char *visitor_text(const char *text, char ret[VISITOR_TEXT_MAX])
{
	size_t n = 0;

	for (; text != NULL && *text != '\0' && n < VISITOR_TEXT_MAX - 1; text++) {
		bool is_plain = *text >= ' ' && *text <= '~' && strchr("\"\\<>&", *text) == NULL;
		ret[n++] = '?';
		if (is_plain)
			ret[n - 1] = *text;
	}
	ret[n] = '\0';
	return ret;
}

const char *visitor_header(const struct http_request *r, const char *name, char ret[VISITOR_TEXT_MAX])
{
	return visitor_text(http_request_header(r, name), ret);
}
