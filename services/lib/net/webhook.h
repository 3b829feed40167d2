/*
 * A web address that is told of events: each by one POST of JSON, in their order. A thread of its own
 * waits for name look-ups and slow servers; nobody else does.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_WEBHOOK_H
#define FONTAINE_NET_WEBHOOK_H

#include <stdint.h>
#include <uv.h>

enum {
	WEBHOOK_WAITING_MAX = 64, /* events; later ones are dropped, and counted */
	WEBHOOK_LIMIT_S = 10,     /* for each try */
	WEBHOOK_TRIES = 3,
	WEBHOOK_WAIT_MS = 2000, /* before the second try; before the third five times as long */
};

struct webhook; /* opaque; ends with webhook_close() */

/** @url: http or https, copied; @wait_ms: WEBHOOK_WAIT_MS. Return: 0, or a negative errno when there is no thread. */
int webhook_new(uv_loop_t *loop, const char *url, uint32_t wait_ms, struct webhook **ret);

/** Tell @json, which is taken; release is ours. */
void webhook_tell(struct webhook *w, char *json);

/** Since the start: taken with a status from 200 to 299, given up, dropped because too many waited. */
struct webhook_counters {
	uint64_t told, failed, dropped;
};

struct webhook_counters webhook_counters(struct webhook *w);

/** What it reads after the start, for the sandbox: NULL-terminated, those that exist. */
const char *const *webhook_read_paths(void);

/** Give up what waits and what is under way, free @w, then call @on_closed (may be NULL) on the loop. */
void webhook_close(struct webhook *w, void (*on_closed)(void *data), void *data);

#endif
