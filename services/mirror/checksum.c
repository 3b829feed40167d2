/* SPDX-License-Identifier: MIT */
#include "mirror/checksum.h"

#include "base/mem.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 65536 };

static const uint8_t lens[CHECKSUM_KINDS] = {
	[CHECKSUM_MD5] = 16,
	[CHECKSUM_SHA1] = 20,
	[CHECKSUM_SHA256] = 32,
	[CHECKSUM_SHA512] = 64,
};

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool checksum_parse(enum checksum_kind kind, const char *text, size_t len, struct checksum *ret)
{
	struct checksum c = {.kind = kind};

	if (kind == CHECKSUM_NONE || len != 2 * (size_t)lens[kind])
		return false;
	for (size_t i = 0; i < len; i += 2) {
		int high = digit_of(text[i]), low = digit_of(text[i + 1]);
		if (high < 0 || low < 0)
			return false;
		c.bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	*ret = c;
	return true;
}

enum checksum_kind checksum_kind_of(size_t n_digits)
{
	unsigned kind = CHECKSUM_KINDS - 1;

	while (kind > CHECKSUM_NONE && n_digits != 2 * (size_t)lens[kind])
		kind--;
	return (enum checksum_kind)kind;
}

char *checksum_text(const struct checksum *c, char ret[CHECKSUM_TEXT_MAX])
{
	static const char digits[] = "0123456789abcdef";
	size_t len = lens[c->kind];

	for (size_t i = 0; i < len; i++) {
		ret[2 * i] = digits[c->bytes[i] >> 4];
		ret[2 * i + 1] = digits[c->bytes[i] & 15];
	}
	ret[2 * len] = '\0';
	return ret;
}

bool checksum_equal(const struct checksum *a, const struct checksum *b)
{
	return a->kind == b->kind && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static const EVP_MD *algorithm(enum checksum_kind kind)
{
	switch (kind) {
	case CHECKSUM_MD5:
		return EVP_md5();
	case CHECKSUM_SHA1:
		return EVP_sha1();
	case CHECKSUM_SHA256:
		return EVP_sha256();
	case CHECKSUM_SHA512:
		return EVP_sha512();
	case CHECKSUM_NONE:
	case CHECKSUM_KINDS:
		break;
	}
	return NULL;
}

/** Return: 0 or a negative errno. */
static int feed(EVP_MD_CTX *digest, int fd, const atomic_bool *is_cancelled)
{
	uint8_t chunk[READ_BYTES];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0)
			return -errno;
		if (is_cancelled != NULL && atomic_load_explicit(is_cancelled, memory_order_relaxed))
			return -ECANCELED;
		if (EVP_DigestUpdate(digest, chunk, (size_t)n) != 1)
			return -EIO;
	}
	return 0;
}

int checksum_file(int fd, enum checksum_kind kind, const atomic_bool *is_cancelled, struct checksum *ret)
{
	struct checksum c = {.kind = kind};
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	int rc = -EIO;

	if (digest == NULL)
		mem_exhausted();
	if (EVP_DigestInit_ex(digest, algorithm(kind), NULL) == 1)
		rc = feed(digest, fd, is_cancelled);
	if (rc == 0 && EVP_DigestFinal_ex(digest, c.bytes, NULL) != 1)
		rc = -EIO;
	EVP_MD_CTX_free(digest);
	if (rc == 0)
		*ret = c;
	return rc;
}
