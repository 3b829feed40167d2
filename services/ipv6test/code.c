/* SPDX-License-Identifier: MIT */
#include "ipv6test/code.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { DIGIT_BITS = 5 };

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void code_of(const uint8_t bytes[CODE_BYTES], char ret[CODE_LEN + 1])
{
	uint64_t n = 0;

	for (size_t i = 0; i < CODE_BYTES; i++)
		n = n << 8 | bytes[i];
	for (size_t i = CODE_LEN; i-- > 0; n >>= DIGIT_BITS)
		ret[i] = digits[n & ((1 << DIGIT_BITS) - 1)];
	ret[CODE_LEN] = '\0';
}

/* The digit that a person means, or 0. */
static char digit_of(char c)
{
	c = (char)toupper((unsigned char)c);
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	if (strchr(digits, c) == NULL)
		return '\0';
	return c;
}

int code_parse(const char *text, size_t len, char ret[CODE_LEN + 1])
{
	char code[CODE_LEN + 1] = "";
	size_t n = 0;

	for (const char *at = text; at < text + len; at++) {
		if (*at == '-')
			continue;
		char digit = digit_of(*at);
		if (digit == '\0' || n == CODE_LEN)
			return -EINVAL;
		code[n++] = digit;
	}
	if (n < CODE_LEN)
		return -EINVAL;
	memcpy(ret, code, sizeof(code));
	return 0;
}

void code_show(const char code[CODE_LEN + 1], char ret[CODE_SHOWN_LEN + 1])
{
	(void)snprintf(ret, CODE_SHOWN_LEN + 1, "%.4s-%.4s", code, code + CODE_LEN / 2);
}
