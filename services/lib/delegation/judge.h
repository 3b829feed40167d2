/* What is to be said of what was observed. Pure: no socket, no clock. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_DELEGATION_JUDGE_H
#define FONTAINE_DELEGATION_JUDGE_H

#include "base/prefix_table.h"
#include "delegation/observed.h"
#include "delegation/verdict.h"

#include <time.h>

/**
 * Judge @o as of @now. @origins (borrowed; base/origin.h) says who announces addresses; NULL: nobody knows.
 * Release with verdict_free(). Never NULL.
 */
struct verdict *judge(const struct observed *o, const struct prefix_table *origins, time_t now);

/* Its parts: each judges some of the checks. */
void judge_servers(struct verdict *v, const struct observed *o);
void judge_networks(struct verdict *v, const struct observed *o, const struct prefix_table *origins);
void judge_zone(struct verdict *v, const struct observed *o);
void judge_dnssec(struct verdict *v, const struct observed *o, time_t now);

#endif
