/* What is wrong with a tree, counted by kind; the first of it in words. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_FINDINGS_H
#define FONTAINE_MIRROR_FINDINGS_H

#include "base/buf.h"

#include <stddef.h>

enum finding_kind {
	FINDING_MISSING,    /* an index names it, and it is not there */
	FINDING_SIZE,       /* it has another size than the index says */
	FINDING_HASH,       /* or another hash */
	FINDING_MIXED,      /* two files are of different moments */
	FINDING_MALFORMED,  /* an index that cannot be read */
	FINDING_EXPIRED,    /* its Valid-Until is over */
	FINDING_UNSAFE,     /* leads out of the tree, or is no file, folder or link at all */
	FINDING_UNREADABLE, /* our own disk or its permissions */
	FINDING_KINDS,
};

enum {
	FINDINGS_TOLD_MAX = 50,
	FINDING_TEXT_MAX = 512, /* bytes with the NUL; a path that is longer is cut */
};

struct findings {
	size_t n[FINDING_KINDS];
	char *told[FINDINGS_TOLD_MAX]; /* "dists/x/Packages: what is wrong": UTF-8 without control characters */
	unsigned n_told;
};

/** An empty one is zeroed. */
void findings_done(struct findings *f);

/** Count one more of the file @path, any bytes, and tell of it unless there are enough. */
void findings_add(struct findings *f, enum finding_kind kind, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

size_t findings_count(const struct findings *f);

/** Append "2 missing, 1 of another size: FIRST; SECOND; and 1 more", with at most @n_told of them told. */
void findings_summary(const struct findings *f, unsigned n_told, struct buf *b);

#endif
