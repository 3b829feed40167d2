/* SPDX-License-Identifier: MIT */
#include "ipv6test/nonce.h"

#include "base/base32.h"
#include "base/siphash.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* 48 bits of chance, 32 of time, 48 of a code over both: in base32. */
enum {
	CHANCE_BYTES = 6,
	TIME_BYTES = 4,
	CODE_BYTES = 6,
	SIGNED_BYTES = CHANCE_BYTES + TIME_BYTES,
	NONCE_BYTES = SIGNED_BYTES + CODE_BYTES,
};

_Static_assert(NONCE_LEN == BASE32_LEN(NONCE_BYTES), "all of it is written");

static void add_code(const struct nonce_key *key, unsigned char bytes[NONCE_BYTES])
{
	uint64_t code = htobe64(siphash(key->words, bytes, SIGNED_BYTES));

	memcpy(bytes + SIGNED_BYTES, &code, CODE_BYTES);
}

struct nonce_key nonce_key_new(void)
{
	struct nonce_key key;

	arc4random_buf(&key, sizeof(key));
	return key;
}

void nonce_make(const struct nonce_key *key, uint64_t now_s, char ret[NONCE_LEN + 1])
{
	unsigned char bytes[NONCE_BYTES];
	uint32_t time = htobe32((uint32_t)now_s);

	arc4random_buf(bytes, CHANCE_BYTES);
	memcpy(bytes + CHANCE_BYTES, &time, TIME_BYTES);
	add_code(key, bytes);
	base32_encode(bytes, NONCE_BYTES, ret);
}

bool nonce_check(const struct nonce_key *key, const char *text, size_t len, uint64_t now_s)
{
	unsigned char bytes[NONCE_BYTES], right[NONCE_BYTES];
	uint32_t time;

	if (len != NONCE_LEN || !base32_decode(text, NONCE_BYTES, bytes))
		return false;
	memcpy(right, bytes, SIGNED_BYTES);
	add_code(key, right);
	memcpy(&time, bytes + CHANCE_BYTES, TIME_BYTES);
	return memcmp(right, bytes, NONCE_BYTES) == 0 && (uint32_t)now_s - be32toh(time) <= NONCE_MAX_AGE_S;
}
