/* A growing run of bytes with a limit, for whatever a peer or a file decides the size of. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_BUF_H
#define FONTAINE_BASE_BUF_H

#include <stddef.h>

/** data[0..len) is readable; data[len] is always NUL once data is not NULL. */
struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max_bytes; /* len never passes it */
};

void buf_init(struct buf *b, size_t max_bytes);

/** Free the bytes; @b is empty and usable again with the same limit. */
void buf_done(struct buf *b);

/** Append @len bytes. Return: 0, or -ENOBUFS (nothing appended) past the limit. */
int buf_add(struct buf *b, const void *data, size_t len);

/** Append formatted text. Return: as buf_add(). */
int buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Remove the first @len bytes; @len is at most b->len. */
void buf_drop(struct buf *b, size_t len);

/** The bytes as a NUL-terminated text, never NULL; good until @b changes. */
const char *buf_text(const struct buf *b);

/** Give the bytes away as a NUL-terminated text, never NULL; @b is then empty. Release with free(). */
char *buf_take_text(struct buf *b);

/** Append the whole file @path. Return: 0, -ENOBUFS past the limit, or a negative errno. */
int buf_add_file(struct buf *b, const char *path);

#endif
