/*
 * How much work for nothing an HTTP/2 client may cause (RFC 9113, 10.5): frames cost,
 * bytes of bodies and time earn. A transfer earns more than its frames cost, a flood of SETTINGS,
 * PING, RST_STREAM, WINDOW_UPDATE, CONTINUATION or empty DATA earns nothing. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_H2_FLOOD_H
#define FONTAINE_NET_H2_FLOOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	H2_FLOOD_BURST = 1000,        /* frames for nothing, at once */
	H2_FLOOD_PER_SECOND = 200,    /* and steadily */
	H2_FLOOD_BYTES_A_FRAME = 512, /* of bodies, either way, that a frame may be about */
};

/** Private to h2_flood.c. */
struct h2_flood {
	uint64_t credit; /* in thousandths of a frame */
	uint64_t seen_ms;
};

void h2_flood_init(struct h2_flood *f, uint64_t now_ms);

/** @bytes of bodies were moved. */
void h2_flood_earn(struct h2_flood *f, size_t bytes);

/** A frame came, or as much work. Return: false when that is one too many. */
bool h2_flood_pay(struct h2_flood *f, uint64_t now_ms);

#endif
