/* A hash for tables whose keys a peer chooses. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_HASH_H
#define FONTAINE_BASE_HASH_H

#include <stdint.h>

/** A number that nobody outside can guess, so that nobody can choose whose place it shares. */
uint64_t hash_seed(void);

/** Mix 128 bits of key with the @seed. */
uint64_t hash_words(uint64_t seed, const uint64_t key[2]);

#endif
