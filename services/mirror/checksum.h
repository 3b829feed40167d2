/* Checksums of files, as indexes write them in hexadecimal. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_CHECKSUM_H
#define FONTAINE_MIRROR_CHECKSUM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The stronger one is the greater. */
enum checksum_kind {
	CHECKSUM_NONE,
	CHECKSUM_MD5,
	CHECKSUM_SHA1,
	CHECKSUM_SHA256,
	CHECKSUM_SHA512,
	CHECKSUM_KINDS,
};

enum {
	CHECKSUM_BYTES_MAX = 64,
	CHECKSUM_TEXT_MAX = 2 * CHECKSUM_BYTES_MAX + 1,
};

struct checksum {
	enum checksum_kind kind;
	uint8_t bytes[CHECKSUM_BYTES_MAX]; /* zero after those of its kind */
};

/** Read the @len hexadecimal digits at @text. Return: false when they are none of this kind. */
bool checksum_parse(enum checksum_kind kind, const char *text, size_t len, struct checksum *ret);

/** The kind that has so many digits, or CHECKSUM_NONE. */
enum checksum_kind checksum_kind_of(size_t n_digits);

char *checksum_text(const struct checksum *c, char ret[CHECKSUM_TEXT_MAX]);
bool checksum_equal(const struct checksum *a, const struct checksum *b);

/**
 * Read the file @fd from where it is to its end.
 * Return: 0, a negative errno, or -ECANCELED once *@is_cancelled (may be NULL).
 */
int checksum_file(int fd, enum checksum_kind kind, const atomic_bool *is_cancelled, struct checksum *ret);

#endif
