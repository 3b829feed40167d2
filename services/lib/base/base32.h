/* Base32 without padding (RFC 4648, section 6), in lower case: what people may have to read out. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_BASE32_H
#define FONTAINE_BASE_BASE32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How many digits @n bytes take. */
#define BASE32_LEN(n) (((n) * 8 + 4) / 5)

/** Write the @n @bytes as BASE32_LEN(n) digits and a NUL. */
void base32_encode(const uint8_t *bytes, size_t n, char *ret);

/**
 * Read @n bytes from BASE32_LEN(n) digits at @text, in any case.
 * Return: false when these are not digits, or bits are set beyond the last byte.
 */
bool base32_decode(const char *text, size_t n, uint8_t *ret);

#endif
