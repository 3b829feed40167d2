/* SPDX-License-Identifier: MIT */
#include "peers/subjects.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct subjects_source *subjects_source(const struct subjects *s, const char *name)
{
	for (size_t i = 0; i < s->n_sources; i++)
		if (strcmp(s->sources[i].name, name) == 0)
			return &s->sources[i];
	return NULL;
}

static struct subjects_source *find_source(struct subjects *s, const char *name, int64_t now_s)
{
	struct subjects_source *found = subjects_source(s, name);

	if (found != NULL)
		return found;
	s->sources = mem_resize(s->sources, s->n_sources + 1, sizeof(*s->sources));
	found = &s->sources[s->n_sources++];
	*found = (struct subjects_source){.is_changed = true, .answered_s = now_s}; /* its silence begins now */
	(void)snprintf(found->name, sizeof(found->name), "%s", name);
	return found;
}

static int compare(const void *a, const void *b)
{
	const struct subject *x = a, *y = b;
	int order = strcmp(x->source, y->source);

	return order != 0 ? order : strcmp(x->seen.name, y->seen.name);
}

static int compare_seen(const void *a, const void *b)
{
	const struct subject_seen *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static struct subject *find(const struct subjects *s, size_t n, const char *source, const char *name)
{
	struct subject key = {.n_changes = 0};

	(void)snprintf(key.source, sizeof(key.source), "%s", source);
	(void)snprintf(key.seen.name, sizeof(key.seen.name), "%s", name);
	return n == 0 ? NULL : bsearch(&key, s->all, n, sizeof(*s->all), compare);
}

static bool is_other(const struct subject_seen *a, const struct subject_seen *b)
{
	return a->asn != b->asn || a->is_up != b->is_up || strcmp(a->address, b->address) != 0 ||
	       strcmp(a->error, b->error) != 0;
}

static void add(struct subjects *s, const struct look *l, const struct subject_seen *seen, int64_t now_s)
{
	if (s->n == SUBJECTS_MAX)
		return;
	s->all = mem_resize(s->all, s->n + 1, sizeof(*s->all));
	struct subject *new = &s->all[s->n++];
	*new = (struct subject){.is_session = l->is_bird,
	                        .seen = *seen,
	                        .w = watched_first(seen->is_up, now_s),
	                        .is_listed = true,
	                        .is_changed = true};
	(void)snprintf(new->source, sizeof(new->source), "%s", l->source);
}

static bool is_quiet(const struct subjects *s, uint32_t asn)
{
	for (size_t i = 0; i < s->n_quiet; i++)
		if (s->quiet[i] == 0 || s->quiet[i] == asn)
			return true;
	return false;
}

/** All that an answer has. */
static void take_in(struct subjects *s, const struct look *l, bool counts, int64_t now_s,
                    const struct watched_rules *rules)
{
	size_t n_known = s->n;

	if (l->n > 0)
		qsort(l->all, l->n, sizeof(*l->all), compare_seen);
	for (size_t i = 0; i < l->n; i++) {
		const struct subject_seen *seen = &l->all[i];
		if (i > 0 && strcmp(seen->name, l->all[i - 1].name) == 0)
			continue; /* said twice: the first counts */
		struct subject *known = find(s, n_known, l->source, seen->name);
		if (known == NULL) {
			add(s, l, seen, now_s);
			continue;
		}
		known->is_listed = true;
		known->is_changed = is_other(&known->seen, seen) || known->missing_s != 0;
		bool is_news = counts && !is_quiet(s, seen->asn);
		known->is_changed = watched_see(&known->w, seen->is_up, is_news, now_s, rules) || known->is_changed;
		known->missing_s = 0;
		known->seen = *seen;
	}
	if (s->n > n_known)
		qsort(s->all, s->n, sizeof(*s->all), compare);
}

/** What the source does not have any more is as it was, and forgotten one day. */
static void miss(struct subjects *s, const char *source, int64_t now_s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct subject *one = &s->all[i];
		if (one->is_listed || strcmp(one->source, source) != 0)
			continue;
		one->is_changed = one->missing_s == 0;
		if (one->missing_s == 0 || one->missing_s > now_s)
			one->missing_s = now_s;
		one->is_gone = now_s - one->missing_s >= SUBJECTS_KEEP_S;
	}
}

/** Whether much of it has gone down at once. */
static bool has_fallen(const struct subjects *s, struct subjects_source *source, int64_t now_s)
{
	source->n_fell = source->n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct subject *one = &s->all[i];
		if (!one->is_listed || one->w.told == WATCHED_NOTHING || strcmp(one->source, source->name) != 0)
			continue;
		source->n++;
		source->n_fell += !one->w.is_up && now_s - one->w.since_s <= SUBJECTS_AT_ONCE_S;
	}
	return source->n_fell >= SUBJECTS_AT_ONCE && source->n_fell * SUBJECTS_AT_ONCE_SHARE >= source->n;
}

static void take_silence(struct subjects_source *source, const struct look *l, int64_t now_s, unsigned stale_s)
{
	source->is_changed = source->is_changed || strcmp(source->error, l->error) != 0;
	(void)snprintf(source->error, sizeof(source->error), "%s", l->error);
	if (source->is_silent || subjects_source_is_fresh(source, now_s, stale_s))
		return;
	source->is_silent = source->is_changed = true;
	source->event = SUBJECTS_SILENT;
}

static void take_answer(struct subjects *s, struct subjects_source *source, const struct look *l, int64_t now_s,
                        const struct subjects_rules *rules)
{
	bool is_restarted = source->started[0] != '\0' && strcmp(source->started, l->started) != 0;

	source->event = source->is_silent ? SUBJECTS_ANSWERS : SUBJECTS_NOTHING;
	if (is_restarted)
		source->event = SUBJECTS_RESTARTED;
	source->is_changed = source->is_changed || source->error[0] != '\0' || source->event != SUBJECTS_NOTHING ||
	                     strcmp(source->started, l->started) != 0 || source->answered_s > now_s ||
	                     now_s - source->answered_s > rules->stale_s / 4;
	source->is_silent = false;
	source->error[0] = '\0';
	if (source->is_changed)
		source->answered_s = now_s;
	(void)snprintf(source->started, sizeof(source->started), "%s", l->started);
	if (source->calm_until_s > now_s + rules->restart_s)
		source->calm_until_s = now_s; /* the clock was set back, or the rule is another */
	if (is_restarted)
		source->calm_until_s = now_s + rules->restart_s;
	take_in(s, l, source->calm_until_s <= now_s, now_s, &rules->watched);
	miss(s, l->source, now_s);
	if (has_fallen(s, source, now_s) && now_s - source->calm_until_s > SUBJECTS_AT_ONCE_S) {
		source->calm_until_s = now_s + rules->restart_s;
		source->event = SUBJECTS_FELL;
		source->is_changed = true;
	}
}

/** What is told of @one when all that is due by @by_s is; what was told, while it has to be left alone. */
static enum watched_told due_of(const struct subjects *s, const struct subject *one, int64_t now_s, int64_t by_s,
                                const struct watched_rules *rules)
{
	const struct subjects_source *source = subjects_source(s, one->source);

	if (!one->is_listed || is_quiet(s, one->seen.asn))
		return one->w.told;
	enum watched_told due = watched_due(&one->w, by_s, rules);
	return source->calm_until_s > now_s && due != WATCHED_UP ? one->w.told : due;
}

static void tell(struct subject *one, enum watched_told due)
{
	one->was = one->w.told;
	one->n_changes = one->w.changes;
	one->is_told = one->was != WATCHED_NOTHING; /* a first time up is no news */
	one->is_changed = true;
	watched_tell(&one->w, due);
}

static bool tells_of(const struct subjects *s, uint32_t asn)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->all[i].is_told && s->all[i].seen.asn == asn)
			return true;
	return false;
}

static void tell_due(struct subjects *s, int64_t now_s, const struct watched_rules *rules)
{
	bool is_any = false;

	for (size_t i = 0; i < s->n; i++) {
		enum watched_told due = due_of(s, &s->all[i], now_s, now_s, rules);
		if (due != s->all[i].w.told)
			tell(&s->all[i], due);
		is_any = is_any || s->all[i].is_told;
	}
	for (size_t i = 0; is_any && i < s->n; i++) {
		struct subject *one = &s->all[i];
		enum watched_told due = due_of(s, one, now_s, now_s + SUBJECTS_GATHER_S, rules);
		bool is_ripe = now_s - one->w.since_s >= (one->w.is_up ? rules->up_s : rules->down_s) / 2;
		if (due != one->w.told && is_ripe && one->w.told != WATCHED_FLAPPING && tells_of(s, one->seen.asn))
			tell(one, due);
	}
}

void subjects_apply(struct subjects *s, struct look *looks, size_t n, int64_t now_s,
                    const struct subjects_rules *rules)
{
	for (size_t i = 0; i < s->n; i++) {
		struct subject *one = &s->all[i];
		one->is_listed = one->is_changed = one->is_told = one->is_gone = false;
	}
	for (size_t i = 0; i < s->n_sources; i++)
		s->sources[i].is_listed = false;
	for (size_t i = 0; i < n; i++) {
		struct subjects_source *source = find_source(s, looks[i].source, now_s);
		source->event = SUBJECTS_NOTHING;
		source->is_listed = true;
		if (looks[i].has_answered)
			take_answer(s, source, &looks[i], now_s, rules);
		else
			take_silence(source, &looks[i], now_s, rules->stale_s);
	}
	for (size_t i = 0; i < s->n; i++)
		s->all[i].is_gone = s->all[i].is_gone || !subjects_source(s, s->all[i].source)->is_listed;
	tell_due(s, now_s, &rules->watched);
}

bool subjects_source_is_fresh(const struct subjects_source *source, int64_t now_s, unsigned stale_s)
{
	return now_s - source->answered_s <= stale_s;
}

void subjects_done(struct subjects *s)
{
	free(s->all);
	free(s->sources);
	free(s->quiet);
}
