/* SPDX-License-Identifier: MIT */
#include "mirror/unpack.h"

#include "base/mem.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum {
	IN_BYTES = 65536,
	GZIP_ONLY = 16, /* to be added to a number of window bits: zlib.h */
	ZSTD_WINDOW_BITS_MAX = 27,
};

struct method {
	const char *ending;
	void (*start)(struct unpack *u);
	/** Take from u->in, write to @out. Return: how many bytes, or -EBADMSG. u->is_whole: the file may end here. */
	ssize_t (*step)(struct unpack *u, uint8_t *out, size_t room);
	void (*end)(struct unpack *u);
};

struct unpack {
	const struct method *method;
	int fd;
	bool is_at_end; /* of the file */
	bool is_whole;
	uint64_t left;  /* bytes that may still come out */
	size_t at, len; /* what is in in and not taken */
	uint8_t in[IN_BYTES];
	union {
		z_stream gzip;
		lzma_stream xz;
		ZSTD_DStream *zstd;
	};
};

static void start_plain(struct unpack *u)
{
	u->is_whole = true;
}

static ssize_t step_plain(struct unpack *u, uint8_t *out, size_t room)
{
	size_t n = u->len < room ? u->len : room;

	memcpy(out, u->in + u->at, n);
	u->at += n;
	u->len -= n;
	return (ssize_t)n;
}

static void end_plain(struct unpack *u)
{
	(void)u;
}

static void start_gzip(struct unpack *u)
{
	u->gzip = (z_stream){0};
	if (inflateInit2(&u->gzip, MAX_WBITS + GZIP_ONLY) != Z_OK)
		mem_exhausted();
}

static ssize_t step_gzip(struct unpack *u, uint8_t *out, size_t room)
{
	if (u->is_whole && u->len > 0) { /* one more member, as of a log that was appended to */
		(void)inflateReset(&u->gzip);
		u->is_whole = false;
	}
	u->gzip.next_in = u->in + u->at;
	u->gzip.avail_in = (uInt)u->len;
	u->gzip.next_out = out;
	u->gzip.avail_out = (uInt)room;
	int rc = u->is_whole ? Z_OK : inflate(&u->gzip, Z_NO_FLUSH);
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return -EBADMSG;
	u->is_whole = u->is_whole || rc == Z_STREAM_END;
	u->at += u->len - u->gzip.avail_in;
	u->len = u->gzip.avail_in;
	return (ssize_t)(room - u->gzip.avail_out);
}

static void end_gzip(struct unpack *u)
{
	(void)inflateEnd(&u->gzip);
}

static void start_xz(struct unpack *u)
{
	u->xz = (lzma_stream)LZMA_STREAM_INIT;
	if (lzma_stream_decoder(&u->xz, UNPACK_MEMORY_MAX, LZMA_CONCATENATED) != LZMA_OK)
		mem_exhausted();
}

static ssize_t step_xz(struct unpack *u, uint8_t *out, size_t room)
{
	u->xz.next_in = u->in + u->at;
	u->xz.avail_in = u->len;
	u->xz.next_out = out;
	u->xz.avail_out = room;
	lzma_ret rc = u->is_whole ? LZMA_OK : lzma_code(&u->xz, u->is_at_end ? LZMA_FINISH : LZMA_RUN);
	if (rc != LZMA_OK && rc != LZMA_STREAM_END && rc != LZMA_BUF_ERROR)
		return -EBADMSG;
	u->is_whole = u->is_whole || rc == LZMA_STREAM_END;
	u->at += u->len - u->xz.avail_in;
	u->len = u->xz.avail_in;
	return (ssize_t)(room - u->xz.avail_out);
}

static void end_xz(struct unpack *u)
{
	lzma_end(&u->xz);
}

static void start_zstd(struct unpack *u)
{
	u->zstd = ZSTD_createDStream();
	if (u->zstd == NULL)
		mem_exhausted();
	(void)ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_BITS_MAX);
}

static ssize_t step_zstd(struct unpack *u, uint8_t *out, size_t room)
{
	ZSTD_inBuffer from = {u->in + u->at, u->len, 0};
	ZSTD_outBuffer to = {out, room, 0};

	if (u->is_whole && u->len == 0)
		return 0;
	size_t rc = ZSTD_decompressStream(u->zstd, &to, &from);
	if (ZSTD_isError(rc))
		return -EBADMSG;
	u->is_whole = rc == 0;
	u->at += from.pos;
	u->len -= from.pos;
	return (ssize_t)to.pos;
}

static void end_zstd(struct unpack *u)
{
	(void)ZSTD_freeDStream(u->zstd);
}

static const struct method methods[] = {
	{".gz", start_gzip, step_gzip, end_gzip},
	{".xz", start_xz, step_xz, end_xz},
	{".zst", start_zstd, step_zstd, end_zstd},
	{"", start_plain, step_plain, end_plain},
};

static const char *const unread_endings[] = {".bz2", ".lzma"};

static bool ends_with(const char *path, const char *ending)
{
	size_t len = strlen(path), n = strlen(ending);

	return len >= n && memcmp(path + len - n, ending, n) == 0;
}

/** The last one knows every name. */
static const struct method *method_of(const char *path)
{
	const struct method *m = methods;

	while (!ends_with(path, m->ending))
		m++;
	return m;
}

bool unpack_knows(const char *path)
{
	for (size_t i = 0; i < sizeof(unread_endings) / sizeof(*unread_endings); i++)
		if (ends_with(path, unread_endings[i]))
			return false;
	return true;
}

size_t unpack_stem(const char *path)
{
	for (size_t i = 0; i < sizeof(unread_endings) / sizeof(*unread_endings); i++)
		if (ends_with(path, unread_endings[i]))
			return strlen(path) - strlen(unread_endings[i]);
	return strlen(path) - strlen(method_of(path)->ending);
}

struct unpack *unpack_open(int fd, const char *path, uint64_t max_bytes)
{
	struct unpack *u = mem_new(sizeof(*u));

	u->method = method_of(path);
	u->fd = fd;
	u->left = max_bytes;
	u->method->start(u);
	return u;
}

void unpack_close(struct unpack *u)
{
	if (u == NULL)
		return;
	u->method->end(u);
	(void)close(u->fd);
	free(u);
}

static int fill(struct unpack *u)
{
	ssize_t n = read(u->fd, u->in, sizeof(u->in));
	if (n < 0)
		return -errno;
	u->at = 0;
	u->len = (size_t)n;
	u->is_at_end = n == 0;
	return 0;
}

ssize_t unpack_read(struct unpack *u, void *out, size_t room)
{
	while (true) {
		int rc = u->len == 0 && !u->is_at_end ? fill(u) : 0;
		if (rc < 0)
			return rc;
		size_t len_before = u->len;
		ssize_t n = u->method->step(u, out, room);
		if (n < 0)
			return n;
		if ((uint64_t)n > u->left)
			return -EFBIG;
		u->left -= (uint64_t)n;
		if (n > 0)
			return n;
		if (u->is_at_end)
			return u->is_whole && u->len == 0 ? 0 : -EBADMSG;
		if (u->len == len_before)
			return -EBADMSG; /* it goes neither on nor to an end */
	}
}
