/* SPDX-License-Identifier: MIT */
#include "mirror/schedule.h"

#include "base/mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SPREAD_PART = 10 }; /* of an interval */

struct project {
	struct schedule_rule rule;
	const char *upstream;
	bool is_running, is_wanted, is_paused;
	bool is_by_wall;     /* due_s is wall time, or else monotonic */
	int64_t due_s;       /* when it is neither wanted nor running */
	int64_t wanted_at_s; /* monotonic */
};

struct schedule {
	struct schedule_config config;
	struct project *projects;
	size_t n;
	unsigned n_running;
};

struct schedule *schedule_new(const struct schedule_config *config)
{
	struct schedule *s = mem_new(sizeof(*s));

	assert(config->runs_at_once > 0 && config->runs_per_upstream > 0);
	s->config = *config;
	return s;
}

void schedule_free(struct schedule *s)
{
	if (s != NULL)
		free(s->projects);
	free(s);
}

uint32_t schedule_period(const struct schedule_rule *rule, int64_t now_s)
{
	enum { LOOK_AT = 64 };
	int64_t at_s = rule->interval_s > 0 ? 0 : cron_next(&rule->cron, now_s), longest_s = 0;

	if (rule->interval_s > 0)
		return rule->interval_s + rule->interval_s / SPREAD_PART;
	for (unsigned i = 0; i < LOOK_AT; i++) {
		int64_t next_s = cron_next(&rule->cron, at_s);
		if (next_s - at_s > longest_s)
			longest_s = next_s - at_s;
		at_s = next_s;
	}
	return longest_s > UINT32_MAX ? UINT32_MAX : (uint32_t)longest_s;
}

static uint32_t spread(const struct schedule *s, const struct project *p)
{
	return s->config.random(p->rule.interval_s / SPREAD_PART + 1);
}

/** The next regular time, after a run or a start that has nothing to catch up with. */
static void set_regular(const struct schedule *s, struct project *p, struct schedule_now now)
{
	p->is_by_wall = p->rule.interval_s == 0;
	if (p->is_by_wall)
		p->due_s = cron_next(&p->rule.cron, now.wall_s);
	else
		p->due_s = now.mono_s + p->rule.interval_s + spread(s, p);
}

/** After a restart: at the time that was kept; soon, when it has passed; never later than the rule has it. */
static void set_kept(const struct schedule *s, struct project *p, int64_t due_s, struct schedule_now now)
{
	set_regular(s, p, now);
	int64_t regular_s = p->is_by_wall ? p->due_s - now.wall_s : p->due_s - now.mono_s;
	int64_t wait_s = due_s - now.wall_s;

	if (wait_s >= regular_s)
		return;
	p->is_by_wall = false;
	if (wait_s <= 0) {
		uint32_t most_s = p->rule.interval_s == 0 ? SCHEDULE_CATCH_UP_S : p->rule.interval_s / SPREAD_PART;
		wait_s = s->config.random((most_s < SCHEDULE_CATCH_UP_S ? most_s : SCHEDULE_CATCH_UP_S) + 1);
	}
	p->due_s = now.mono_s + wait_s;
}

size_t schedule_add(struct schedule *s, const struct schedule_rule *rule, const struct schedule_kept *kept,
                    struct schedule_now now)
{
	s->projects = mem_resize(s->projects, s->n + 1, sizeof(*s->projects));
	struct project *p = &s->projects[s->n];

	*p = (struct project){
		.rule = *rule, .is_wanted = kept->is_wanted, .is_paused = kept->is_paused, .wanted_at_s = now.mono_s};
	set_kept(s, p, kept->due_s, now);
	return s->n++;
}

/** When it is or was due, on the monotonic clock. */
static int64_t due_at(const struct project *p, struct schedule_now now)
{
	int64_t due_s = p->is_by_wall ? p->due_s - now.wall_s + now.mono_s : p->due_s;

	return p->is_wanted && p->wanted_at_s < due_s ? p->wanted_at_s : due_s;
}

struct schedule_kept schedule_kept(const struct schedule *s, size_t project, struct schedule_now now)
{
	const struct project *p = &s->projects[project];

	return (struct schedule_kept){
		.due_s = p->is_by_wall ? p->due_s : p->due_s - now.mono_s + now.wall_s,
		.is_wanted = p->is_wanted,
		.is_paused = p->is_paused,
	};
}

void schedule_set_upstream(struct schedule *s, size_t project, const char *host)
{
	assert(!s->projects[project].is_running);
	s->projects[project].upstream = host;
}

void schedule_push(struct schedule *s, size_t project, struct schedule_now now)
{
	struct project *p = &s->projects[project];

	if (!p->is_wanted)
		p->wanted_at_s = now.mono_s;
	p->is_wanted = true;
}

void schedule_pause(struct schedule *s, size_t project, bool is_paused)
{
	s->projects[project].is_paused = is_paused;
}

static bool has_room(const struct schedule *s, const char *upstream)
{
	unsigned n = 0;

	for (size_t i = 0; upstream != NULL && i < s->n; i++) {
		const struct project *p = &s->projects[i];
		n += p->is_running && p->upstream != NULL && strcmp(p->upstream, upstream) == 0;
	}
	return n < s->config.runs_per_upstream;
}

/** The project that is due first, of those that may begin. Return: s->n when there is none. */
static size_t find_first(const struct schedule *s, struct schedule_now now, int64_t *ret_due_s)
{
	size_t first = s->n;
	int64_t first_due_s = INT64_MAX;

	for (size_t i = 0; i < s->n && s->n_running < s->config.runs_at_once; i++) {
		const struct project *p = &s->projects[i];
		int64_t due_s = due_at(p, now);
		if (p->is_running || p->is_paused || due_s >= first_due_s || !has_room(s, p->upstream))
			continue;
		first = i;
		first_due_s = due_s;
	}
	*ret_due_s = first_due_s;
	return first;
}

/** A wall clock that went back must not leave a project without a run until it is there again. */
static void follow_wall(struct schedule *s, struct schedule_now now)
{
	for (size_t i = 0; i < s->n; i++) {
		struct project *p = &s->projects[i];
		if (!p->is_by_wall || p->due_s <= now.wall_s)
			continue;
		p->due_s = cron_next(&p->rule.cron, now.wall_s);
	}
}

bool schedule_take(struct schedule *s, struct schedule_now now, size_t *ret_project)
{
	int64_t due_s;

	follow_wall(s, now);
	size_t first = find_first(s, now, &due_s);
	if (first == s->n || due_s > now.mono_s)
		return false;
	s->projects[first].is_running = true;
	s->projects[first].is_wanted = false;
	s->n_running++;
	*ret_project = first;
	return true;
}

void schedule_ended(struct schedule *s, size_t project, uint32_t retry_s, struct schedule_now now)
{
	struct project *p = &s->projects[project];

	assert(p->is_running);
	p->is_running = false;
	s->n_running--;
	set_regular(s, p, now);
	int64_t regular_s = p->is_by_wall ? p->due_s - now.wall_s : p->due_s - now.mono_s;
	if (retry_s == 0 || retry_s >= regular_s)
		return;
	p->is_by_wall = false;
	p->due_s = now.mono_s + retry_s;
}

uint32_t schedule_wait(const struct schedule *s, struct schedule_now now)
{
	int64_t due_s;

	if (find_first(s, now, &due_s) == s->n || due_s >= now.mono_s + SCHEDULE_WAIT_MAX_S)
		return SCHEDULE_WAIT_MAX_S;
	return due_s <= now.mono_s ? 0 : (uint32_t)(due_s - now.mono_s);
}
