/* The files that Debian's Packages and Sources name, one after the other, in bounded memory. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PACKAGES_H
#define FONTAINE_MIRROR_PACKAGES_H

#include "mirror/lines.h"
#include "mirror/listed.h"

enum {
	PACKAGES_MAX_BYTES = 2000 << 20, /* of one index, unpacked */
	PACKAGES_ERROR_MAX = 160,
	PACKAGES_FILES_MAX = 4096, /* of one source */
};

/**
 * A file, by its path below the archive's top; borrowed for the time of the call.
 * Return: 0 to go on, else what packages_read() is to return.
 */
typedef int (*packages_on_file)(const struct listed *f, void *data);

/**
 * Read an index to its end: paragraphs with Filename and Size, or with Directory and lists of files.
 * Return: 0; -EINVAL and *reterr = "line 7: why"; what on_file returned; or as lines_next(), and *reterr.
 */
int packages_read(struct lines *l, packages_on_file on_file, void *data, char reterr[PACKAGES_ERROR_MAX]);

#endif
