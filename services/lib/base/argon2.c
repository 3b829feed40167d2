/* SPDX-License-Identifier: MIT */
#include "base/argon2.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SALT_BYTES = 16,
	SALT_MIN_BYTES = 8,
	SALT_MAX_BYTES = 48,
	HASH_BYTES = 32,
	BASE64_MAX = 72, /* of the longest salt, its NUL too */
	MEMORY_MAX_KIB = 256 * 1024,
	PASSES_MAX = 16,
	LANES_MAX = 16,
};

/* What a hash is made with besides the secret. */
struct recipe {
	uint32_t memory_kib, passes, lanes;
	uint8_t salt[SALT_MAX_BYTES];
	size_t salt_len;
};

static int derive(const struct recipe *r, const void *secret, size_t len, uint8_t ret[HASH_BYTES])
{
	struct recipe own = *r;
	OSSL_PARAM params[] = {
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_PASSWORD, (void *)secret, len),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, own.salt, own.salt_len),
		OSSL_PARAM_uint32(OSSL_KDF_PARAM_ITER, &own.passes),
		OSSL_PARAM_uint32(OSSL_KDF_PARAM_ARGON2_LANES, &own.lanes),
		OSSL_PARAM_uint32(OSSL_KDF_PARAM_ARGON2_MEMCOST, &own.memory_kib),
		OSSL_PARAM_END,
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "ARGON2ID", NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;

	int done = ctx != NULL ? EVP_KDF_derive(ctx, ret, HASH_BYTES, params) : 0;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return done == 1 ? 0 : -EIO;
}

/** Base64 without the padding. Return: @out. */
static const char *encode(const uint8_t *bytes, size_t len, char out[BASE64_MAX])
{
	(void)EVP_EncodeBlock((unsigned char *)out, bytes, (int)len);
	out[strcspn(out, "=")] = '\0';
	return out;
}

/** The salt of @len digits at @text: encode() must give the same again. */
static bool read_salt(const char *text, size_t len, struct recipe *ret)
{
	char padded[BASE64_MAX];
	uint8_t bytes[BASE64_MAX];
	size_t n = len * 3 / 4;

	if (n < SALT_MIN_BYTES || n > SALT_MAX_BYTES)
		return false;
	(void)snprintf(padded, sizeof(padded), "%.*s%s", (int)len, text, &"==="[(len + 3) % 4]);
	if (strlen(padded) % 4 != 0 || EVP_DecodeBlock(bytes, (unsigned char *)padded, (int)strlen(padded)) < 0)
		return false;
	memcpy(ret->salt, bytes, n);
	ret->salt_len = n;
	return true;
}

static bool read_recipe(const char *text, struct recipe *ret)
{
	static const char format[] = "$argon2id$v=19$m=%9u,t=%2u,p=%2u$%n";
	int salt = 0;

	if (sscanf(text, format, &ret->memory_kib, &ret->passes, &ret->lanes, &salt) != 3 || salt == 0)
		return false;
	return ret->memory_kib <= MEMORY_MAX_KIB && ret->passes >= 1 && ret->passes <= PASSES_MAX && ret->lanes >= 1 &&
	       ret->lanes <= LANES_MAX && ret->memory_kib >= 8 * ret->lanes &&
	       read_salt(text + salt, strcspn(text + salt, "$"), ret);
}

static int write_text(const struct recipe *r, const void *secret, size_t len, char ret[ARGON2_TEXT_MAX])
{
	char salt[BASE64_MAX], text[BASE64_MAX];
	uint8_t hash[HASH_BYTES];

	int rc = derive(r, secret, len, hash);
	if (rc == 0)
		(void)snprintf(ret, ARGON2_TEXT_MAX, "$argon2id$v=19$m=%u,t=%u,p=%u$%s$%s", r->memory_kib, r->passes,
		               r->lanes, encode(r->salt, r->salt_len, salt), encode(hash, sizeof(hash), text));
	OPENSSL_cleanse(hash, sizeof(hash));
	return rc;
}

int argon2_hash(const void *secret, size_t len, char ret[ARGON2_TEXT_MAX])
{
	struct recipe r = {.memory_kib = 19456, .passes = 2, .lanes = 1, .salt_len = SALT_BYTES};

	arc4random_buf(r.salt, r.salt_len);
	return write_text(&r, secret, len, ret);
}

int argon2_check(const void *secret, size_t len, const char *text)
{
	char right[ARGON2_TEXT_MAX] = "";
	struct recipe r = {0};

	if (!read_recipe(text, &r))
		return -EINVAL;
	int rc = write_text(&r, secret, len, right);
	if (rc < 0)
		return rc;
	size_t right_len = strlen(right);
	if (strlen(text) != right_len)
		return -EINVAL;
	return CRYPTO_memcmp(right, text, right_len) == 0 ? 0 : -EACCES;
}
