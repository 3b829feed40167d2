/* The files of a tar archive (POSIX.1-2017, pax, "ustar Interchange Format"), one after the other. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_TAR_H
#define FONTAINE_MIRROR_TAR_H

#include "base/buf.h"
#include "mirror/unpack.h"

enum { TAR_NAME_MAX = 512 };

/** Zeroed but for from (borrowed) at the start. */
struct tar {
	struct unpack *from;
	char name[TAR_NAME_MAX]; /* of the file that was found last */
	uint64_t left;           /* its bytes that were not read, with what fills its last block */
	uint64_t size;
};

/**
 * Find the next regular file; what was not read of the one before is passed over.
 * Return: 1; 0 at the end; -EBADMSG: this is no archive, or not all of one; or as unpack_read().
 */
int tar_next(struct tar *t);

/** Append the whole file. Return: 0, -ENOBUFS past the buffer's limit, or as tar_next(). */
int tar_read(struct tar *t, struct buf *b);

#endif
