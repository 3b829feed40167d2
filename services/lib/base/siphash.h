/* A short keyed hash that nobody without the key can tell from chance: SipHash-2-4 (Aumasson, Bernstein, 2012). */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_SIPHASH_H
#define FONTAINE_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash(const uint64_t key[2], const void *data, size_t len);

#endif
