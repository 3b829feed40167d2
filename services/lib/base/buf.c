/* A growing run of bytes with a limit. */
/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	CAP_MIN = 64,
	READ_BYTES = 16384,
};

void buf_init(struct buf *b, size_t max_bytes)
{
	*b = (struct buf){.max_bytes = max_bytes};
}

void buf_done(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max_bytes);
}

static void set_len(struct buf *b, size_t len)
{
	b->len = len;
	if (b->data != NULL)
		b->data[len] = '\0';
}

/* Make room for @more bytes and a NUL. Doubling keeps the copies few. */
static int reserve(struct buf *b, size_t more)
{
	if (more > b->max_bytes - b->len)
		return -ENOBUFS;

	size_t needed = b->len + more + 1;
	if (needed > b->cap) {
		size_t cap = b->cap < CAP_MIN ? CAP_MIN : b->cap * 2;
		b->cap = needed > cap ? needed : cap;
		b->data = mem_resize(b->data, b->cap, 1);
		set_len(b, b->len);
	}
	return 0;
}

int buf_add(struct buf *b, const void *data, size_t len)
{
	int rc = reserve(b, len);
	if (rc < 0 || len == 0)
		return rc;
	memcpy(b->data + b->len, data, len);
	set_len(b, b->len + len);
	return 0;
}

int buf_printf(struct buf *b, const char *format, ...)
{
	size_t room = b->cap - b->len;
	va_list args;

	va_start(args, format);
	int n = vsnprintf(room > 0 ? b->data + b->len : NULL, room, format, args);
	va_end(args);
	assert(n >= 0); /* only a wrong format fails */

	int rc = reserve(b, (size_t)n);
	if (rc < 0) {
		set_len(b, b->len); /* what did not fit was begun */
		return rc;
	}
	if ((size_t)n >= room) {
		va_start(args, format);
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, format, args);
		va_end(args);
	}
	b->len += (size_t)n;
	return 0;
}

void buf_drop(struct buf *b, size_t len)
{
	assert(len <= b->len);
	if (len == 0)
		return;
	memmove(b->data, b->data + len, b->len - len);
	set_len(b, b->len - len);
}

const char *buf_text(const struct buf *b)
{
	return b->data == NULL ? "" : b->data;
}

char *buf_take_text(struct buf *b)
{
	(void)reserve(b, 0); /* an empty text is one byte too */
	char *text = b->data;
	buf_init(b, b->max_bytes);
	return text;
}

int buf_add_file(struct buf *b, const char *path)
{
	char chunk[READ_BYTES];
	size_t len_before = b->len;
	int rc = 0;

	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;

	ssize_t n;
	while (rc == 0 && (n = TEMP_FAILURE_RETRY(read(fd, chunk, sizeof(chunk)))) != 0)
		rc = n < 0 ? -errno : buf_add(b, chunk, (size_t)n);
	if (rc < 0)
		set_len(b, len_before);
	(void)close(fd);
	return rc;
}
