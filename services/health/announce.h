/* Whether an address of the POP is announced to its neighbours. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_HEALTH_ANNOUNCE_H
#define FONTAINE_HEALTH_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

enum announced {
	ANNOUNCED_NOT,
	ANNOUNCED_FULLY,
	ANNOUNCED_LEAVING, /* with GRACEFUL_SHUTDOWN (RFC 8326): neighbours go elsewhere before it ends */
};

/** Zeroed before use. */
struct announce {
	enum announced now;
	uint64_t since_ms;
};

/**
 * What is to be announced at @now_ms, monotonic: what does not work is withdrawn at once, what is drained by an
 * operator only after @leave_ms of leaving. @is_fit: all its services work. Return: whether it has changed.
 */
bool announce_step(struct announce *a, bool is_fit, bool is_drained, uint64_t now_ms, uint64_t leave_ms);

#endif
