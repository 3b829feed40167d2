/* SPDX-License-Identifier: MIT */
#include "base/base32.h"

#include <ctype.h>

static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

void base32_encode(const uint8_t *bytes, size_t n, char *ret)
{
	size_t len = BASE32_LEN(n);

	for (size_t i = 0; i < len; i++) {
		size_t at = i * 5 / 8, shift = i * 5 % 8;
		unsigned pair = (unsigned)bytes[at] << 8 | (at + 1 < n ? bytes[at + 1] : 0u);
		ret[i] = digits[pair >> (11 - shift) & 31];
	}
	ret[len] = '\0';
}

static int value_of(char digit)
{
	int c = tolower((unsigned char)digit);

	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

bool base32_decode(const char *text, size_t n, uint8_t *ret)
{
	unsigned bits = 0, n_bits = 0;

	for (size_t i = 0; i < BASE32_LEN(n); i++) {
		int value = value_of(text[i]);
		if (value < 0)
			return false;
		bits = (bits << 5 | (unsigned)value) & 0xfff;
		n_bits += 5;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		*ret++ = (uint8_t)(bits >> n_bits);
	}
	return (bits & ((1u << n_bits) - 1)) == 0;
}
