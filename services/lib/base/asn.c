/* SPDX-License-Identifier: MIT */
#include "base/asn.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

enum {
	AS_TRANS = 23456,
	LAST_16_BIT = 65535,
};

bool asn_is_usable(uint32_t asn)
{
	return asn != 0 && asn != AS_TRANS && asn != LAST_16_BIT && asn != UINT32_MAX;
}

int asn_parse(const char *text, uint32_t *ret)
{
	const char *at = strncasecmp(text, "AS", 2) == 0 ? text + 2 : text;
	uint64_t n = 0;

	for (; isdigit((unsigned char)*at) && n <= UINT32_MAX; at++)
		n = n * 10 + (uint64_t)(*at - '0');
	if (*at != '\0' || n > UINT32_MAX || !asn_is_usable((uint32_t)n))
		return -EINVAL;
	*ret = (uint32_t)n;
	return 0;
}
