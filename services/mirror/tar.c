/* SPDX-License-Identifier: MIT */
#include "mirror/tar.h"

#include <errno.h>
#include <string.h>

enum {
	BLOCK = 512,
	SIZE_AT = 124,
	SIZE_LEN = 12,
	SUM_AT = 148,
	SUM_LEN = 8,
	TYPE_AT = 156,
	MAGIC_AT = 257,
	PREFIX_AT = 345,
	PREFIX_LEN = 155,
	NAME_LEN = 100,
};

/** Fill @out. Return: 1; 0 when there is nothing at all; -EBADMSG when there is less; or as unpack_read(). */
static int read_full(struct tar *t, char *out, size_t len)
{
	size_t n = 0;

	while (n < len) {
		ssize_t rc = unpack_read(t->from, out + n, len - n);
		if (rc < 0)
			return (int)rc;
		if (rc == 0)
			return n == 0 ? 0 : -EBADMSG;
		n += (size_t)rc;
	}
	return 1;
}

/** Read an octal number with space or a NUL at its end. Return: false when it is none. */
static bool read_octal(const char *at, size_t len, uint64_t *ret)
{
	uint64_t n = 0;
	size_t i = 0;

	while (i < len && at[i] == ' ')
		i++;
	for (; i < len && at[i] >= '0' && at[i] <= '7'; i++)
		n = n * 8 + (uint64_t)(at[i] - '0');
	*ret = n;
	return i == len || at[i] == ' ' || at[i] == '\0';
}

/** Whether the sum of the block's bytes is what it says, with spaces in its own place. */
static bool has_sum(const char block[BLOCK])
{
	uint64_t said, sum = (uint64_t)SUM_LEN * ' ';

	for (size_t i = 0; i < BLOCK; i++)
		if (i < SUM_AT || i >= SUM_AT + SUM_LEN)
			sum += (unsigned char)block[i];
	return read_octal(block + SUM_AT, SUM_LEN, &said) && said == sum;
}

static void take_name(struct tar *t, const char block[BLOCK])
{
	size_t prefix = memcmp(block + MAGIC_AT, "ustar", 6) == 0 ? strnlen(block + PREFIX_AT, PREFIX_LEN) : 0;
	size_t name = strnlen(block, NAME_LEN);
	char *at = t->name;

	if (prefix > 0) {
		memcpy(at, block + PREFIX_AT, prefix);
		at[prefix] = '/';
		at += prefix + 1;
	}
	memcpy(at, block, name);
	at[name] = '\0';
}

static int pass(struct tar *t)
{
	char dropped[BLOCK];

	for (; t->left > 0; t->left -= BLOCK) {
		int rc = read_full(t, dropped, BLOCK);
		if (rc <= 0)
			return rc < 0 ? rc : -EBADMSG;
	}
	return 0;
}

int tar_next(struct tar *t)
{
	static const char end[BLOCK];
	char block[BLOCK] = {0};

	while (true) {
		int rc = pass(t);
		if (rc == 0)
			rc = read_full(t, block, BLOCK);
		if (rc <= 0)
			return rc < 0 ? rc : -EBADMSG; /* an archive ends with blocks of zeroes */
		if (memcmp(block, end, BLOCK) == 0)
			return 0;
		if (!has_sum(block) || !read_octal(block + SIZE_AT, SIZE_LEN, &t->size))
			return -EBADMSG;
		t->left = (t->size + BLOCK - 1) / BLOCK * BLOCK;
		if (block[TYPE_AT] == '0' || block[TYPE_AT] == '\0') {
			take_name(t, block);
			return 1;
		}
	}
}

int tar_read(struct tar *t, struct buf *b)
{
	char block[BLOCK];
	uint64_t wanted = t->size;

	if (t->size > b->max_bytes - b->len)
		return -ENOBUFS;
	for (; t->left > 0; t->left -= BLOCK) {
		int rc = read_full(t, block, BLOCK);
		if (rc <= 0)
			return rc < 0 ? rc : -EBADMSG;
		size_t n = wanted < BLOCK ? (size_t)wanted : BLOCK;
		if (buf_add(b, block, n) < 0)
			return -ENOBUFS;
		wanted -= n;
	}
	return 0;
}
