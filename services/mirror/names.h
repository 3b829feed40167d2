/* A list of names that listing.h has written, each ended by NUL, in memory: sorted, to look one up. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_NAMES_H
#define FONTAINE_MIRROR_NAMES_H

#include "base/buf.h"

#include <stddef.h>

enum { NAMES_MAX_BYTES = 512 << 20 };

struct names {
	const char **all; /* sorted by strcmp() */
	size_t n;
	struct buf text; /* private */
};

/** Read the file @path. Blocks. Return: 0; -ENOBUFS: it is longer than NAMES_MAX_BYTES; or a negative errno. */
int names_read(const char *path, struct names *ret);
void names_done(struct names *n);

#endif
