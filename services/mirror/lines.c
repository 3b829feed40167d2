/* SPDX-License-Identifier: MIT */
#include "mirror/lines.h"

#include "base/mem.h"
#include "mirror/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct lines {
	struct unpack *from;
	uint64_t number;
	size_t at, len; /* what is in data and not told */
	char data[2 * LINES_LINE_MAX];
};

struct lines *lines_open(int fd, const char *path, uint64_t max_bytes)
{
	struct lines *l = mem_new(sizeof(*l));

	l->from = unpack_open(fd, path, max_bytes);
	return l;
}

void lines_close(struct lines *l)
{
	if (l == NULL)
		return;
	unpack_close(l->from);
	free(l);
}

static int tell(struct lines *l, size_t len, size_t end_len, const char **ret, size_t *ret_len)
{
	*ret = l->data + l->at;
	*ret_len = len;
	l->at += len + end_len;
	l->len -= len + end_len;
	l->number++;
	return 1;
}

/** Read what follows; what was told makes room for it. Return: as unpack_read(). */
static ssize_t read_more(struct lines *l)
{
	if (sizeof(l->data) - l->at - l->len < LINES_LINE_MAX) {
		memmove(l->data, l->data + l->at, l->len);
		l->at = 0;
	}
	size_t end = l->at + l->len;
	ssize_t n = unpack_read(l->from, l->data + end, sizeof(l->data) - end);
	if (n > 0)
		l->len += (size_t)n;
	return n;
}

int lines_next(struct lines *l, const char **ret, size_t *ret_len)
{
	size_t searched = 0;

	while (true) {
		const char *start = l->data + l->at;
		const char *end = memchr(start + searched, '\n', l->len - searched);
		if (end != NULL)
			return tell(l, (size_t)(end - start), 1, ret, ret_len);
		searched = l->len;
		if (searched >= LINES_LINE_MAX)
			return -EMSGSIZE;
		ssize_t n = read_more(l);
		if (n < 0)
			return (int)n;
		if (n == 0)
			return l->len == 0 ? 0 : tell(l, l->len, 0, ret, ret_len);
	}
}

uint64_t lines_number(const struct lines *l)
{
	return l->number;
}
