/* What fuzz targets share: foreign bytes as a text, as a file, and in pieces as a socket gives them. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_FUZZ_H
#define FONTAINE_TESTS_FUZZ_H

#include "base/mem.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/** One run on the @size bytes of @data; what must hold is asserted. Return: 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** The bytes in memory of just their size, so that the sanitizer sees a step past them. Release with free(). */
static inline char *fuzz_bytes(const uint8_t *data, size_t size)
{
	char *copy = malloc(size);

	assert(copy != NULL || size == 0);
	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

/** The same with a NUL after them. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = mem_new(size + 1);

	if (size > 0)
		memcpy(text, data, size);
	return text;
}

/** The number that a message of DNS begins with; 0: it is too short. */
static inline uint16_t fuzz_id(const uint8_t *message, size_t len)
{
	return (uint16_t)(len < 2 ? 0 : message[0] << 8 | message[1]);
}

/** A file in memory that has the bytes, open at its start. Release with close(). */
static inline int fuzz_file(const void *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	assert(fd >= 0 && (size == 0 || write(fd, data, size) == (ssize_t)size));
	assert(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/** Ways to part a stream: what comes of it must be the same. */
enum fuzz_way {
	FUZZ_WHOLE,
	FUZZ_BYTES,
	FUZZ_PIECES, /* of 1 to 64 bytes */
	FUZZ_WAYS,
};

/** How many bytes come next of @left, at the place @at of the stream. */
static inline size_t fuzz_piece(enum fuzz_way way, size_t at, size_t left)
{
	size_t n = way == FUZZ_WHOLE ? left : way == FUZZ_BYTES ? 1
	                                                        : 1 + at * 2654435761u % 64;

	return n < left ? n : left;
}

#endif
