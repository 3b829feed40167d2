/* SPDX-License-Identifier: MIT */
#include "ipv6test/callback.h"

#include <ctype.h>
#include <string.h>

bool callback_is_legal(const char *name)
{
	bool at_start = true;

	if (strnlen(name, CALLBACK_MAX + 1) > CALLBACK_MAX)
		return false;
	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;
		bool is_letter = (isascii(c) && isalpha(c)) || c == '_' || c == '$';
		if (c == '.' ? at_start : !is_letter && (at_start || !isdigit(c)))
			return false;
		at_start = c == '.';
	}
	return !at_start;
}
