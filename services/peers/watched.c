/* SPDX-License-Identifier: MIT */
#include "peers/watched.h"

#include <assert.h>
#include <stddef.h>

#define BIT(state) (1U << (state))

const char *const watched_words[WATCHED_STATES + 1] = {"new", "up", "down", "flapping", NULL};

/* Nothing goes back to being new. */
static const unsigned told_next[WATCHED_STATES] = {
	[WATCHED_NOTHING] = BIT(WATCHED_UP),
	[WATCHED_UP] = BIT(WATCHED_DOWN) | BIT(WATCHED_FLAPPING),
	[WATCHED_DOWN] = BIT(WATCHED_UP) | BIT(WATCHED_FLAPPING),
	[WATCHED_FLAPPING] = BIT(WATCHED_UP) | BIT(WATCHED_DOWN),
};

struct watched watched_first(bool is_up, int64_t now_s)
{
	return (struct watched){
		.is_up = is_up, .since_s = now_s, .told = is_up ? WATCHED_UP : WATCHED_NOTHING, .changes_s = now_s};
}

bool watched_see(struct watched *w, bool is_up, bool counts, int64_t now_s, const struct watched_rules *rules)
{
	if (w->since_s > now_s)
		w->since_s = now_s; /* the clock was set back */
	if (w->is_up == is_up)
		return false;
	bool was_calm = now_s - w->since_s >= rules->calm_s;
	if (was_calm && w->told != WATCHED_FLAPPING) {
		w->changes = 0;
		w->changes_s = now_s;
	}
	w->is_up = is_up;
	w->since_s = now_s;
	w->changes += counts;
	return true;
}

static enum watched_told state_of(const struct watched *w)
{
	return w->is_up ? WATCHED_UP : WATCHED_DOWN;
}

enum watched_told watched_due(const struct watched *w, int64_t now_s, const struct watched_rules *rules)
{
	int64_t for_s = now_s - w->since_s;

	switch (w->told) {
	case WATCHED_NOTHING:
		return w->is_up ? WATCHED_UP : WATCHED_NOTHING;
	case WATCHED_FLAPPING:
		return for_s >= rules->calm_s ? state_of(w) : WATCHED_FLAPPING;
	case WATCHED_UP:
	case WATCHED_DOWN:
		if (w->changes >= WATCHED_FLAPS)
			return WATCHED_FLAPPING;
		return for_s >= (w->is_up ? rules->up_s : rules->down_s) ? state_of(w) : w->told;
	case WATCHED_STATES:
		break;
	}
	return w->told;
}

void watched_tell(struct watched *w, enum watched_told told)
{
	assert((told_next[w->told] & BIT(told)) != 0);
	if (w->told == WATCHED_FLAPPING)
		w->changes = 0;
	w->told = told; /* the only assignment but that of a new one */
}
