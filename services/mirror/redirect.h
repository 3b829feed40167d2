/*
 * Visitors and other POPs: who asks for what is not here is sent to one that has it, and whoever asks is told which
 * one is nearest. nginx passes on here what it does not find on the disk.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_REDIRECT_H
#define FONTAINE_MIRROR_REDIRECT_H

#include "base/buf.h"
#include "mirror/engine.h"
#include "mirror/traffic.h"
#include "net/http.h"

struct redirect; /* opaque; ends with redirect_close() */

/** @p, @e and @t are borrowed for its life. Never NULL. */
struct redirect *redirect_new(uv_loop_t *loop, const struct pop *p, struct engine *e, const struct traffic *t);

/** Reply to a request for what is not on the disk. */
void redirect_request(struct redirect *d, struct http_request *r);
/** Reply with the POPs, the nearest first. Return: 0, or -EINVAL without a reply: that is no address. */
int redirect_pops(struct redirect *d, struct http_request *r);

/** The on_done of the first one's route. */
void redirect_gone(struct http_request *r, void *data);

void redirect_metrics(const struct redirect *d, struct buf *b);

/** No request is left. Then call @on_closed on the loop. */
void redirect_close(struct redirect *d, void (*on_closed)(void *data), void *data);

#endif
