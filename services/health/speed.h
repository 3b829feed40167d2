/* A short speed test of the POP's own, to see that it is fast. Blocks: for a worker thread. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_SPEED_H
#define FONTAINE_HEALTH_SPEED_H

#include "base/pop.h"

enum {
	SPEED_BYTES = 32 << 20,
	SPEED_LIMIT_MS = 3000,
};

/** Download SPEED_BYTES from each address of the speed test. @ret: bits a second by IPv4, by IPv6; 0: it could not. */
void speed_measure(const struct pop *p, double ret[2]);

#endif
