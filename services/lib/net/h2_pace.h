/*
 * How much may wait in a socket for its first sending, so that a short reply is not kept
 * waiting by a long one: what the network takes within moments. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_H2_PACE_H
#define FONTAINE_NET_H2_PACE_H

#include <stddef.h>
#include <stdint.h>

enum {
	H2_PACE_MS = 2, /* that what waits may take to go out */
	H2_PACE_MIN_BYTES = 4096,
	H2_PACE_MAX_BYTES = 1024 * 1024,
	H2_PACE_START_BYTES = 32 * 1024, /* before a rate is known */
	H2_PACE_LOOK_MS = 20,            /* between looks at the rate */
};

/** Bytes that may wait, at the rate at which the client receives; 0: it is not known yet. */
size_t h2_pace_bytes(uint64_t bytes_per_s);

#endif
