/*
 * Other POPs' mirrors, as they say themselves: which projects each has, asked twice a minute, and whether it has a
 * file, asked when a visitor wants that. What is asked for visitors is limited, whatever they want.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_NEIGHBOURS_H
#define FONTAINE_MIRROR_NEIGHBOURS_H

#include "base/buf.h"
#include "base/pop.h"
#include "mirror/elsewhere.h"

#include <uv.h>

struct neighbours; /* opaque; ends with neighbours_close() */

/** @p is borrowed for its life. Never NULL. */
struct neighbours *neighbours_new(uv_loop_t *loop, const struct pop *p);

/** Whether neighbour @i of the POP file answers, and has published @project. */
bool neighbours_has(const struct neighbours *n, size_t i, const char *project);
bool neighbours_is_up(const struct neighbours *n, size_t i);
const struct elsewhere_held *neighbours_held(const struct neighbours *n, size_t i);

/**
 * Ask neighbour @i for the file at @path (borrowed). What is known already is *ret. Return: 0; -EINPROGRESS: @on_done
 * is called later, once; or -EBUSY: too much is asked.
 */
int neighbours_look(struct neighbours *n, size_t i, const char *path, enum elsewhere_answer *ret,
                    void (*on_done)(void *data, enum elsewhere_answer answer), void *data);

void neighbours_metrics(const struct neighbours *n, struct buf *b);

/** Questions that go on end as ELSEWHERE_UNKNOWN; then @on_closed (may be NULL) on the loop. */
void neighbours_close(struct neighbours *n, void (*on_closed)(void *data), void *data);

#endif
