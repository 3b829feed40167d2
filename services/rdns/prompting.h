/*
 * Knot 3.4 tells the secondaries of an update in the second after it, and plans so even when there are none. An update
 * that comes in that second waits until it has, up to a second. So it is asked to do so at once when the second begins:
 * by a pipe to whoever may ask (packaging/systemd/zone-changes), one line for each zone.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PROMPTING_H
#define FONTAINE_RDNS_PROMPTING_H

#include <stdbool.h>

#include <ldns/ldns.h> /* after stdbool.h, or it makes a bool of its own */
#include <uv.h>

#define PROMPTING_PIPE "/run/fontaine-zone-changes"

enum {
	PROMPTING_ZONES_MAX = 256, /* in one second; of more, some are not asked for */
	PROMPTING_LATE_MS = 20,    /* into a second, until when an update may be of the one before */
};

struct prompting; /* opaque; ends with prompting_close() */

/** Open the pipe at @path, before the sandbox. Return: its descriptor, or a negative errno, logged: see below. */
int prompting_open(const char *path);

/** Never NULL. Takes @fd; negative: nobody is asked, and updates wait. */
struct prompting *prompting_new(uv_loop_t *loop, int fd);

/** Knot may have taken an update of the zone @origin now. */
void prompting_updated(struct prompting *p, const ldns_rdf *origin);

/** How long to wait when an update was answered at @now_ms of the clock: until the next second; 0: it may be it. */
uint64_t prompting_delay_ms(uint64_t now_ms);

/** Free @p; then call @on_closed. */
void prompting_close(struct prompting *p, void (*on_closed)(void *data), void *data);

#endif
