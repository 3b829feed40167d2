/* UTF-8 checked as it comes, in pieces of any size (RFC 3629, section 4). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_UTF8_H
#define FONTAINE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Where a text is; zeroed at its start. */
struct utf8 {
	uint8_t left;      /* bytes that the character still needs */
	uint8_t low, high; /* what the next of them may be */
};

/** Take the next byte. Return: false when no text goes on like this. */
bool utf8_take(struct utf8 *u, uint8_t byte);

/** Whether the text may end here. */
static inline bool utf8_is_whole(const struct utf8 *u)
{
	return u->left == 0;
}

/** Write @raw, any bytes, as UTF-8 without control characters: others become \ooo; cut to @size with the NUL. */
void utf8_escape(const char *raw, char *ret, size_t size);

#endif
