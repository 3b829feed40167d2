/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <stdlib.h>
#include <sys/random.h>

uint64_t hash_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		abort(); /* a kernel that has no random numbers */
	return seed;
}

uint64_t hash_words(uint64_t seed, const uint64_t key[2])
{
	uint64_t h = (key[0] ^ seed) * 0x9e3779b97f4a7c15u;

	h = (h ^ (h >> 32) ^ key[1]) * 0xd6e8feb86659fd93u;
	return h ^ (h >> 32);
}
