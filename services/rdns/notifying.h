/* Where NOTIFYs for CDS and CSYNC arrive (RFC 9859): sockets of the POP, and so many from one network. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_NOTIFYING_H
#define FONTAINE_RDNS_NOTIFYING_H

#include "rdns/following.h"

enum {
	NOTIFYING_PER_SECOND = 10, /* from one /32 or /56; more get no answer */
	NOTIFYING_BURST = 100,
	NOTIFYING_CLIENTS = 16384, /* that are remembered */
	NOTIFYING_CONNECTIONS_MAX = 128,
	NOTIFYING_IDLE_MS = 5000,
};

struct notifying; /* opaque; ends with notifying_free() */

/** Open the sockets of @p. @zones are served here. Return: 0, or a negative errno, logged. */
int notifying_open(const struct pop *p, const struct allocations *zones, struct notifying **ret);

/** Answer on @loop, and tell @f. Return: 0, or a negative errno, logged; notifying_stop() in any case. */
int notifying_start(struct notifying *n, uv_loop_t *loop, struct following *f);

/** Close what was started; then call @on_closed. */
void notifying_stop(struct notifying *n, void (*on_closed)(void *data), void *data);

void notifying_add_metrics(const struct notifying *n, struct buf *b);
void notifying_free(struct notifying *n);

#endif
