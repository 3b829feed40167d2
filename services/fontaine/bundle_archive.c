/* A compressed archive of files, written and read again. */
/* SPDX-License-Identifier: MIT */
#include "fontaine/bundle_archive.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
	BLOCK_BYTES = 512,
	MEMBER_MAX_BYTES = 64 << 20,
	CHECKSUM_AT = 148,
	CHECKSUM_BYTES = 8,
};

/** The head of a file in the archive; numbers are octal. */
struct head {
	char name[BUNDLE_NAME_MAX];
	char mode[8], uid[8], gid[8];
	char size[12], time[12];
	char checksum[CHECKSUM_BYTES];
	char type, link[100], magic[8];
	char owner[32], group[32], device[16], prefix[155], fill[12];
};

static_assert(sizeof(struct head) == BLOCK_BYTES, "a head is a block");

struct bundle_archive {
	gzFile to;
	int fd; /* the same file, to sync it */
	int64_t time_s;
	int rc;
};

struct bundle_archive *bundle_archive_new(int fd, int64_t time_s)
{
	struct bundle_archive *a = mem_new(sizeof(*a));

	a->fd = dup(fd);
	a->to = gzdopen(fd, "wb");
	a->time_s = time_s;
	if (a->to == NULL || a->fd < 0)
		abort(); /* out of memory, or of descriptors */
	return a;
}

static void put(struct bundle_archive *a, const void *data, size_t len)
{
	errno = 0;
	if (len > 0 && a->rc == 0 && gzwrite(a->to, data, (unsigned)len) != (int)len)
		a->rc = errno != 0 ? -errno : -EIO;
}

static unsigned checksum(const struct head *h)
{
	const unsigned char *bytes = (const unsigned char *)h;
	unsigned sum = 0;

	for (size_t i = 0; i < sizeof(*h); i++) /* itself as spaces */
		sum += i - CHECKSUM_AT < CHECKSUM_BYTES ? ' ' : bytes[i];
	return sum;
}

void bundle_archive_add(struct bundle_archive *a, const char *name, const char *text, size_t len)
{
	static const char nothing[BLOCK_BYTES];
	struct head h = {.mode = "0000600", .uid = "0000000", .gid = "0000000", .type = '0', .magic = "ustar\00000"};

	assert(strlen(name) < sizeof(h.name) && len <= MEMBER_MAX_BYTES);
	(void)snprintf(h.name, sizeof(h.name), "%s", name);
	(void)snprintf(h.size, sizeof(h.size), "%011o", (unsigned)len);
	(void)snprintf(h.time, sizeof(h.time), "%011llo", (unsigned long long)a->time_s);
	(void)snprintf(h.checksum, sizeof(h.checksum), "%06o", checksum(&h));
	h.checksum[CHECKSUM_BYTES - 1] = ' ';
	put(a, &h, sizeof(h));
	put(a, text, len);
	put(a, nothing, (BLOCK_BYTES - len % BLOCK_BYTES) % BLOCK_BYTES);
}

int bundle_archive_close(struct bundle_archive *a)
{
	static const char end[2 * BLOCK_BYTES];

	put(a, end, sizeof(end));
	errno = 0;
	if (gzclose(a->to) != Z_OK && a->rc == 0)
		a->rc = errno != 0 ? -errno : -EIO;
	if (fsync(a->fd) < 0 && a->rc == 0)
		a->rc = -errno;
	(void)close(a->fd);
	int rc = a->rc;
	free(a);
	return rc;
}

static bool get(gzFile from, void *data, size_t len)
{
	return len == 0 || gzread(from, data, (unsigned)len) == (int)len;
}

/** Look into the next file. Return: 1, 0 at the end, -EPERM or -EBADMSG. */
static int check_next(gzFile from, struct scrub *s, struct head *h, enum scrub_kind *reterr_kind)
{
	if (!get(from, h, sizeof(*h)))
		return -EBADMSG;
	if (h->name[0] == '\0')
		return 0;
	size_t len = strtoul(h->size, NULL, 8), whole = (len + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
	if (strtoul(h->checksum, NULL, 8) != checksum(h) || len > MEMBER_MAX_BYTES)
		return -EBADMSG;
	char *text = mem_new(whole + 1);
	int rc = 1;
	if (!get(from, text, whole))
		rc = -EBADMSG;
	else if (scrub_finds(s, h->name, strlen(h->name), reterr_kind) || scrub_finds(s, text, len, reterr_kind))
		rc = -EPERM;
	free(text);
	return rc;
}

int bundle_archive_check(const char *path, struct scrub *s, char reterr_name[BUNDLE_NAME_MAX],
                         enum scrub_kind *reterr_kind)
{
	gzFile from = gzopen(path, "rbe");
	struct head h;
	int rc;

	if (from == NULL)
		return -errno;
	do
		rc = check_next(from, s, &h, reterr_kind);
	while (rc > 0);
	if (rc == -EPERM)
		memcpy(reterr_name, h.name, sizeof(h.name));
	int closed = gzclose(from); /* also says whether the sum of all was right */
	return rc == 0 && closed != Z_OK ? -EBADMSG : rc;
}
