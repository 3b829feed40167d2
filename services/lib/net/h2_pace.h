/*
 * How much may wait in a socket for its first sending: as little as keeps the network
 * busy, so that a short reply is not kept waiting by a long one. It grows when the socket
 * ran dry before it was filled again, up to what goes out within moments, and shrinks by
 * what was always left over, as the byte queue limits of Linux do for its devices. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_H2_PACE_H
#define FONTAINE_NET_H2_PACE_H

#include <stddef.h>
#include <stdint.h>

enum {
	H2_PACE_MIN_BYTES = 4 * 1024,
	H2_PACE_START_BYTES = 16 * 1024, /* about the first window of TCP (RFC 6928) */
	H2_PACE_ROOM_BYTES = 8 * 1024,   /* to grow to, on a slow network too */
	H2_PACE_MAX_BYTES = 1024 * 1024,
	H2_PACE_MAX_MS = 5, /* that what waits may take to go out */
	H2_PACE_PERIOD_MS = 50,
};

/** bytes may wait; the rest is private to h2_pace.c. */
struct h2_pace {
	size_t bytes;
	size_t least; /* that was left at a refill in this period */
	uint64_t since_ms;
};

void h2_pace_init(struct h2_pace *p, uint64_t now_ms);

/**
 * The socket takes more, and has @unsent bytes left. Decide how many may wait from now on,
 * at the rate at which they were last received.
 */
void h2_pace_refill(struct h2_pace *p, size_t unsent, uint64_t bytes_per_s, uint64_t now_ms);

#endif
