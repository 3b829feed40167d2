/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

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
