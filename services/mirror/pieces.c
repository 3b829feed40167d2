/* SPDX-License-Identifier: MIT */
#include "mirror/pieces.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	READ_BYTES = 256 << 10,        /* the smallest piece has as many */
	PIECES_WANTED = 2048,          /* at most, as long as they are small: */
	PIECE_WANTED_BYTES = 16 << 20, /* then there are more of them, */
	PIECES_MAX = 65536,            /* but no more than so many */
};

uint32_t pieces_size(uint64_t file_bytes)
{
	uint32_t size = READ_BYTES;

	while (file_bytes / size >= (size < PIECE_WANTED_BYTES ? PIECES_WANTED : PIECES_MAX))
		size *= 2;
	return size;
}

size_t pieces_count(uint64_t file_bytes, uint32_t piece_bytes)
{
	return (size_t)(file_bytes / piece_bytes + (file_bytes % piece_bytes != 0));
}

struct digests {
	EVP_MD_CTX *whole, *piece;
};

/** Fill @chunk as far as there are bytes. Return: how many, or a negative errno. */
static ssize_t read_chunk(int fd, uint8_t *chunk, const atomic_bool *is_cancelled)
{
	size_t len = 0;

	while (len < READ_BYTES) {
		ssize_t n = read(fd, chunk + len, READ_BYTES - len);
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		if (atomic_load_explicit(is_cancelled, memory_order_relaxed))
			return -ECANCELED;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

/** The next piece, up to the end of the file. Return: its bytes, or a negative errno. */
static ssize_t hash_piece(int fd, const struct digests *d, uint32_t piece_bytes, const atomic_bool *is_cancelled)
{
	uint8_t chunk[READ_BYTES];
	ssize_t len = READ_BYTES;
	size_t done = 0;

	if (EVP_DigestInit_ex(d->piece, EVP_sha1(), NULL) != 1)
		return -EIO;
	while (done < piece_bytes && len == READ_BYTES) {
		len = read_chunk(fd, chunk, is_cancelled);
		if (len < 0)
			return len;
		if (EVP_DigestUpdate(d->piece, chunk, (size_t)len) != 1 ||
		    EVP_DigestUpdate(d->whole, chunk, (size_t)len) != 1)
			return -EIO;
		done += (size_t)len;
	}
	return (ssize_t)done;
}

/** Return: 0 or a negative errno. */
static int hash(int fd, const struct digests *d, const atomic_bool *is_cancelled, struct pieces *p)
{
	uint64_t left = p->size_bytes;
	char beyond;

	if (EVP_DigestInit_ex(d->whole, EVP_sha256(), NULL) != 1)
		return -EIO;
	for (size_t i = 0; i < p->n; i++) {
		uint64_t wanted = left < p->piece_bytes ? left : p->piece_bytes;
		ssize_t n = hash_piece(fd, d, p->piece_bytes, is_cancelled);
		if (n < 0)
			return (int)n;
		if ((uint64_t)n != wanted)
			return -ESTALE;
		if (EVP_DigestFinal_ex(d->piece, p->sha1 + i * PIECES_SHA1_BYTES, NULL) != 1)
			return -EIO;
		left -= wanted;
	}
	if (read(fd, &beyond, 1) > 0)
		return -ESTALE;
	return EVP_DigestFinal_ex(d->whole, p->whole.bytes, NULL) == 1 ? 0 : -EIO;
}

int pieces_hash(int fd, uint64_t size_bytes, const atomic_bool *is_cancelled, struct pieces *ret)
{
	struct pieces p = {.size_bytes = size_bytes, .piece_bytes = pieces_size(size_bytes)};
	struct digests d = {EVP_MD_CTX_new(), EVP_MD_CTX_new()};

	if (d.whole == NULL || d.piece == NULL)
		mem_exhausted();
	p.whole.kind = CHECKSUM_SHA256;
	p.n = pieces_count(size_bytes, p.piece_bytes);
	p.sha1 = mem_new(p.n * PIECES_SHA1_BYTES + 1);
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_NOREUSE); /* leave in memory what visitors ask for */
	int rc = hash(fd, &d, is_cancelled, &p);
	EVP_MD_CTX_free(d.whole);
	EVP_MD_CTX_free(d.piece);
	if (rc < 0)
		pieces_done(&p);
	else
		*ret = p;
	return rc;
}

void pieces_done(struct pieces *p)
{
	free(p->sha1);
	*p = (struct pieces){.n = 0};
}
