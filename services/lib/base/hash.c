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

/* Every bit of @x moves every bit of what it becomes (the finaliser of SplitMix64). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

uint64_t hash_words(uint64_t seed, const uint64_t key[2])
{
	return mix(mix(key[0] ^ seed) ^ key[1]);
}
