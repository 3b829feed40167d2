/*
 * Work that may take hours and that nobody waits for: one job at a time on a thread of its own, which computes and
 * reads only when nothing else wants to.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_BACKGROUND_H
#define FONTAINE_MIRROR_BACKGROUND_H

#include <stdatomic.h>
#include <uv.h>

struct background; /* opaque; keeps the loop running until background_close() */

/** Never NULL. */
struct background *background_new(uv_loop_t *loop);

/** On the thread; it returns soon once *@is_cancelled. Return: 0 or a negative errno. */
typedef int (*background_work)(void *data, const atomic_bool *is_cancelled);

/** Begin; none may be going on. @on_done is called on the loop with what the work returned. */
void background_run(struct background *b, background_work work, void (*on_done)(void *data, int rc), void *data);

/** Cancel what goes on, and whatever will be begun. */
void background_cancel(struct background *b);

/** When nothing goes on: free @b, then call @on_end on the loop. */
void background_close(struct background *b, void (*on_end)(void *data), void *data);

#endif
