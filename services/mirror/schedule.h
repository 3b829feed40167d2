/*
 * When each project runs: at its interval or its times of crontab(5), when somebody pushes, again when a run
 * wants to be retried; so many at once, so many at one upstream. Intervals are counted on the monotonic clock,
 * so a wall clock that jumps changes nothing about them; what lasts over a restart is wall time. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_MIRROR_SCHEDULE_H
#define FONTAINE_MIRROR_SCHEDULE_H

#include "base/cron.h"

#include <stddef.h>

enum {
	SCHEDULE_CATCH_UP_S = 600, /* what is late at the start is spread over this */
	SCHEDULE_WAIT_MAX_S = 60,  /* so that a jump of the wall clock is noticed */
};

/** Both clocks, read at one moment. */
struct schedule_now {
	int64_t wall_s; /* Unix */
	int64_t mono_s;
};

struct schedule_rule {
	uint32_t interval_s; /* from the end of a run to the next, and up to a tenth more; 0: cron */
	struct cron cron;
};

/** What lasts over a restart. */
struct schedule_kept {
	int64_t due_s;  /* Unix; 0: never had one */
	bool is_wanted; /* somebody has pushed, and no run began since; or a run was cut off */
	bool is_paused;
};

struct schedule_config {
	unsigned runs_at_once, runs_per_upstream;
	uint32_t (*random)(uint32_t bound); /* less than @bound, as arc4random_uniform(3) */
};

/** The longest time between two of its next runs, if all goes well. */
uint32_t schedule_period(const struct schedule_rule *rule, int64_t now_s);

struct schedule; /* opaque; release with schedule_free() */

/** Never NULL; @config is copied. */
struct schedule *schedule_new(const struct schedule_config *config);
void schedule_free(struct schedule *s);

/** Return: the project's number, from 0. */
size_t schedule_add(struct schedule *s, const struct schedule_rule *rule, const struct schedule_kept *kept,
                    struct schedule_now now);
struct schedule_kept schedule_kept(const struct schedule *s, size_t project, struct schedule_now now);

/** Whose runs the next ones of the project count among; borrowed until it is set again; NULL: nobody's. */
void schedule_set_upstream(struct schedule *s, size_t project, const char *host);

/** Run the project as soon as there is room; after its end once more, when it runs now. */
void schedule_push(struct schedule *s, size_t project, struct schedule_now now);

/** A paused project begins nothing; what it was pushed for begins when it is no longer paused. */
void schedule_pause(struct schedule *s, size_t project, bool is_paused);

/** Begin the run that has waited longest and has room. Return: false when there is none. */
bool schedule_take(struct schedule *s, struct schedule_now now, size_t *ret_project);

/** The project's run is over, and is to be retried after @retry_s; 0: it is not. */
void schedule_ended(struct schedule *s, size_t project, uint32_t retry_s, struct schedule_now now);

/** Seconds after which schedule_take() may have one, if nothing happens before; up to SCHEDULE_WAIT_MAX_S. */
uint32_t schedule_wait(const struct schedule *s, struct schedule_now now);

#endif
