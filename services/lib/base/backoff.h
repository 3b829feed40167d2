/* How long to leave alone what has failed. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_BACKOFF_H
#define FONTAINE_BASE_BACKOFF_H

#include <stdint.h>

/**
 * After failing so often in a row: from half to all of a time that begins as @min_s and doubles up to @max_s, at most
 * half of UINT32_MAX. @random as arc4random_uniform(3).
 */
uint32_t backoff_s(unsigned n_failures, uint32_t min_s, uint32_t max_s, uint32_t (*random)(uint32_t bound));

#endif
