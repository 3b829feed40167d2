/* The lines of a file, plain or compressed, one after the other, in bounded memory. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_LINES_H
#define FONTAINE_MIRROR_LINES_H

#include <stddef.h>
#include <stdint.h>

enum { LINES_LINE_MAX = 1 << 20 }; /* bytes of a line */

struct lines; /* opaque; release with lines_close() */

/** As unpack_open(). */
struct lines *lines_open(int fd, const char *path, uint64_t max_bytes);
void lines_close(struct lines *l);

/**
 * Read the next line, without its end and without a NUL after it; it lives until the next call.
 * Return: 1; 0 at the end; -EMSGSIZE: it is too long; or as unpack_read().
 */
int lines_next(struct lines *l, const char **ret, size_t *ret_len);

/** The number of the line that was read last, from 1. */
uint64_t lines_number(const struct lines *l);

#endif
