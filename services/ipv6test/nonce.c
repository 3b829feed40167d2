/* SPDX-License-Identifier: MIT */
#include "ipv6test/nonce.h"

#include "base/siphash.h"

#include <ctype.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* 48 bits of chance, 32 of time, 48 of a code over both: base32 (RFC 4648, 6) without padding, in lower case. */
enum {
	CHANCE_BYTES = 6,
	TIME_BYTES = 4,
	CODE_BYTES = 6,
	SIGNED_BYTES = CHANCE_BYTES + TIME_BYTES,
	NONCE_BYTES = SIGNED_BYTES + CODE_BYTES,
};

static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

static void add_code(const struct nonce_key *key, unsigned char bytes[NONCE_BYTES])
{
	uint64_t code = htobe64(siphash(key->words, bytes, SIGNED_BYTES));

	memcpy(bytes + SIGNED_BYTES, &code, CODE_BYTES);
}

/* Five bits a digit; the last one has three, and two of zero. */
static void encode(const unsigned char bytes[NONCE_BYTES], char ret[NONCE_LEN + 1])
{
	for (unsigned i = 0; i < NONCE_LEN; i++) {
		unsigned at = i * 5 / 8, shift = i * 5 % 8;
		unsigned pair = (unsigned)bytes[at] << 8 | (at + 1 < NONCE_BYTES ? bytes[at + 1] : 0u);
		ret[i] = digits[pair >> (11 - shift) & 31];
	}
	ret[NONCE_LEN] = '\0';
}

static int value_of(char digit)
{
	int c = tolower((unsigned char)digit);

	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static bool decode(const char *text, unsigned char ret[NONCE_BYTES])
{
	unsigned bits = 0, n_bits = 0, n = 0;

	for (unsigned i = 0; i < NONCE_LEN; i++) {
		int value = value_of(text[i]);
		if (value < 0)
			return false;
		bits = (bits << 5 | (unsigned)value) & 0xfff;
		n_bits += 5;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		ret[n++] = (unsigned char)(bits >> n_bits);
	}
	return (bits & 3) == 0; /* one spelling only */
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
	encode(bytes, ret);
}

bool nonce_check(const struct nonce_key *key, const char *text, size_t len, uint64_t now_s)
{
	unsigned char bytes[NONCE_BYTES], right[NONCE_BYTES];
	uint32_t time;

	if (len != NONCE_LEN || !decode(text, bytes))
		return false;
	memcpy(right, bytes, SIGNED_BYTES);
	add_code(key, right);
	memcpy(&time, bytes + CHANCE_BYTES, TIME_BYTES);
	return memcmp(right, bytes, NONCE_BYTES) == 0 && (uint32_t)now_s - be32toh(time) <= NONCE_MAX_AGE_S;
}
