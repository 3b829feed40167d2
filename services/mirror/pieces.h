/* The hashes of a large file: of the whole of it, and of pieces, by which a download is checked as it comes. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_PIECES_H
#define FONTAINE_MIRROR_PIECES_H

#include "mirror/checksum.h"

enum { PIECES_SHA1_BYTES = 20 };

#define PIECES_FILE_MAX_BYTES (UINT64_C(1) << 45) /* of a larger file there would be too many */

struct pieces {
	uint64_t size_bytes;   /* of the file */
	uint32_t piece_bytes;  /* of each piece but the last */
	struct checksum whole; /* SHA-256 */
	uint8_t *sha1;         /* one after the other; owned */
	size_t n;
};

/** How large the pieces of a file of at most PIECES_FILE_MAX_BYTES are: a power of two. Pure. */
uint32_t pieces_size(uint64_t file_bytes);

/** How many there are. Pure. */
size_t pieces_count(uint64_t file_bytes, uint32_t piece_bytes);

/**
 * Read the file @fd, which has @size_bytes, from its start. Release with pieces_done().
 * Return: 0, -ESTALE: it has more or less, -ECANCELED once *@is_cancelled, or a negative errno.
 */
int pieces_hash(int fd, uint64_t size_bytes, const atomic_bool *is_cancelled, struct pieces *ret);

void pieces_done(struct pieces *p);

#endif
