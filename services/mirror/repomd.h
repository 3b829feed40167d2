/* What the XML of an rpm repository names: repomd.xml its metadata, primary.xml the packages. In bounded memory. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_REPOMD_H
#define FONTAINE_MIRROR_REPOMD_H

#include "mirror/listed.h"

#include <stdbool.h>

enum { REPOMD_ERROR_MAX = 160 };

/** A file that is named; borrowed for the time of the call. */
struct repomd_file {
	struct listed listed; /* its path is below the folder that has repodata */
	const char *type;     /* of metadata: "primary"; "" of a package */
	bool is_elsewhere;    /* it has a base of its own: not in this tree */
	int64_t timestamp;    /* of metadata, Unix seconds; 0: not said */
};

/** Return: 0 to go on, else what repomd_feed() is to return. */
typedef int (*repomd_on_file)(const struct repomd_file *f, void *data);

enum repomd_kind {
	REPOMD_REPOMD,
	REPOMD_PRIMARY,
};

struct repomd; /* opaque; release with repomd_free() */

/** Never NULL. */
struct repomd *repomd_new(enum repomd_kind kind, repomd_on_file on_file, void *data);
void repomd_free(struct repomd *r);

/**
 * Read the next @len bytes of the text; the last ones with @is_end.
 * Return: 0; -EINVAL and *reterr; or what on_file returned.
 */
int repomd_feed(struct repomd *r, const void *text, size_t len, bool is_end, char reterr[REPOMD_ERROR_MAX]);

/** The revision that repomd.xml has said; 0: none, or one that is no number. */
uint64_t repomd_revision(const struct repomd *r);

#endif
