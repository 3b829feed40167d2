/* A file as an index lists it. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_LISTED_H
#define FONTAINE_MIRROR_LISTED_H

#include "mirror/checksum.h"

#include <stddef.h>
#include <stdint.h>

#define LISTED_ANY_SIZE UINT64_MAX /* the index does not say it */

struct listed {
	const char *path;         /* as the index has it */
	uint64_t size;            /* bytes */
	struct checksum checksum; /* CHECKSUM_NONE: the index has none */
};

/** Read @len decimal digits. Return: 0, or -EINVAL: it is no number of 63 bits. */
int listed_number(const char *text, size_t len, uint64_t *ret);

/**
 * Read "CHECKSUM SIZE PATH", as Release and Sources have it (without a NUL after it); *ret_path is in it.
 * Return: 0 and *ret but for its path, or -EINVAL.
 */
int listed_read(const char *value, size_t len, enum checksum_kind kind, struct listed *ret, const char **ret_path,
                size_t *ret_path_len);

#endif
