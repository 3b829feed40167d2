/* The bytes of a file, plain or compressed, as a stream: the name's ending says how. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_UNPACK_H
#define FONTAINE_MIRROR_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { UNPACK_MEMORY_MAX = 192 << 20 }; /* bytes that a decoder may take; xz -9 asks for 65 MiB */

struct unpack; /* opaque; release with unpack_close() */

/** Whether it is one of "", ".gz", ".xz" and ".zst" that ends the name @path. */
bool unpack_knows(const char *path);

/**
 * How long @path is without the ending of a compressed file, also of those that we cannot read
 * (".bz2", ".lzma").
 */
size_t unpack_stem(const char *path);

/**
 * Read the file @fd, which it takes, as the name @path says, and at most @max_bytes of what comes out.
 * Never NULL.
 */
struct unpack *unpack_open(int fd, const char *path, uint64_t max_bytes);
void unpack_close(struct unpack *u);

/**
 * Read up to @room bytes. Return: how many; 0 at the end; -EBADMSG: damaged, cut off, or it would take too
 * much memory; -EFBIG: more than max_bytes; or a negative errno of reading.
 */
ssize_t unpack_read(struct unpack *u, void *out, size_t room);

#endif
