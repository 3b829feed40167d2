/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/* The second byte of some characters is bound tighter: no overlong form, no surrogate, none past U+10FFFF. */
static void expect(struct utf8 *u, uint8_t left, uint8_t low, uint8_t high)
{
	*u = (struct utf8){left, low, high};
}

bool utf8_take(struct utf8 *u, uint8_t byte)
{
	if (u->left > 0) {
		bool good = byte >= u->low && byte <= u->high;
		expect(u, u->left - 1, 0x80, 0xbf);
		return good;
	}
	if (byte < 0x80)
		return true;
	if (byte >= 0xc2 && byte <= 0xdf)
		expect(u, 1, 0x80, 0xbf);
	else if (byte >= 0xe0 && byte <= 0xef)
		expect(u, 2, byte == 0xe0 ? 0xa0 : 0x80, byte == 0xed ? 0x9f : 0xbf);
	else if (byte >= 0xf0 && byte <= 0xf4)
		expect(u, 3, byte == 0xf0 ? 0x90 : 0x80, byte == 0xf4 ? 0x8f : 0xbf);
	else
		return false;
	return true;
}

/* How many bytes the character at @text has; 0: it is none, or one that controls. */
static size_t character_len(const char *text)
{
	struct utf8 u = {0};
	size_t n = 0;
	unsigned char first = (unsigned char)*text;

	if (first < ' ' || first == 0x7f || (first == 0xc2 && (unsigned char)text[1] < 0xa0))
		return 0;
	do
		if (!utf8_take(&u, (uint8_t)text[n++]))
			return 0;
	while (!utf8_is_whole(&u));
	return n;
}

void utf8_escape(const char *raw, char *ret, size_t size)
{
	enum { OCTAL_LEN = 4 };
	size_t used = 0;

	while (*raw != '\0') {
		size_t len = character_len(raw);
		size_t needed = len > 0 ? len : OCTAL_LEN;
		if (used + needed >= size)
			break;
		if (len > 0)
			memcpy(ret + used, raw, len);
		else
			(void)snprintf(ret + used, size - used, "\\%03o", (unsigned)(unsigned char)*raw);
		used += needed;
		raw += len > 0 ? len : 1;
	}
	ret[used] = '\0';
}
