/* SPDX-License-Identifier: MIT */
#include "mirror/guard.h"

#include <inttypes.h>
#include <stdio.h>

const char *const guard_verdicts[GUARD_VERDICTS + 1] = {
	"fine",
	"empty",
	"sentinel",
	"percent",
	"files",
	"serial",
	"date",
	"space",
	NULL,
};

static const char *index_name(const char *of)
{
	return of[0] != '\0' ? of : "the archive";
}

static bool is_over(uint64_t part, uint64_t whole, unsigned percent)
{
	return whole > 0 && (double)part * 100 > (double)whole * percent;
}

static bool is_older(uint64_t listed, uint64_t published, uint64_t released)
{
	bool is_known = listed != 0 && published != 0;

	return is_known && listed < published && (released == 0 || listed < released);
}

static bool is_empty(const struct guard_seen *s)
{
	return s->n_listed == 0;
}

/** What is found of a tree, and whether the operator has allowed it. */
static enum guard_verdict judge_tree(const struct guard_limits *limits, const struct guard_seen *s,
                                     const struct guard_seen *released)
{
	static const struct guard_seen nothing = {.n_listed = 1}; /* was allowed */
	const struct guard_seen *r = released == NULL ? &nothing : released;
	bool is_more = s->n_deleted > r->n_deleted;

	if (is_empty(s) && !is_empty(r))
		return GUARD_EMPTY;
	if (s->is_sentinel_gone && !r->is_sentinel_gone)
		return GUARD_SENTINEL;
	if (is_more && is_over(s->n_deleted, s->n_published, limits->max_delete_percent))
		return GUARD_PERCENT;
	if (is_more && limits->max_delete_files > 0 && s->n_deleted > limits->max_delete_files)
		return GUARD_FILES;
	if (is_older(s->serial_listed, s->serial_published, r->serial_listed))
		return GUARD_SERIAL;
	if (is_older((uint64_t)s->date_listed_s, (uint64_t)s->date_published_s, (uint64_t)r->date_listed_s))
		return GUARD_DATE;
	return GUARD_FINE;
}

enum guard_verdict guard_judge(const struct guard_limits *limits, const struct guard_seen *seen,
                               const struct guard_seen *released)
{
	enum guard_verdict v = judge_tree(limits, seen, released);

	if (v != GUARD_FINE)
		return v;
	bool fits = seen->free_bytes >= limits->reserve_bytes &&
	            seen->free_bytes - limits->reserve_bytes >= seen->fetch_bytes;
	return fits ? GUARD_FINE : GUARD_SPACE;
}

const char *guard_text(enum guard_verdict v, const struct guard_limits *limits, const struct guard_seen *s,
                       char ret[GUARD_TEXT_MAX])
{
	static const char remedy[] = "look at the upstream; then release the project, or leave it held";
	const double gib = 1 << 30;

	switch (v) {
	case GUARD_FINE:
	case GUARD_VERDICTS:
		(void)snprintf(ret, GUARD_TEXT_MAX, "nothing speaks against it");
		break;
	case GUARD_EMPTY:
		(void)snprintf(ret, GUARD_TEXT_MAX, "the upstream has no files at all: %s", remedy);
		break;
	case GUARD_SENTINEL:
		(void)snprintf(ret, GUARD_TEXT_MAX, "the sentinel is not at the upstream: %s", remedy);
		break;
	case GUARD_PERCENT:
		(void)snprintf(ret, GUARD_TEXT_MAX,
		               "%" PRIu64 " of %" PRIu64 " files would be deleted, more than %u percent: %s",
		               s->n_deleted, s->n_published, limits->max_delete_percent, remedy);
		break;
	case GUARD_FILES:
		(void)snprintf(ret, GUARD_TEXT_MAX, "%" PRIu64 " files would be deleted, more than %" PRIu64 ": %s",
		               s->n_deleted, limits->max_delete_files, remedy);
		break;
	case GUARD_SERIAL:
		(void)snprintf(ret, GUARD_TEXT_MAX,
		               "%s: its serial goes back from %" PRIu64 " to %" PRIu64 ": %s", index_name(s->serial_of),
		               s->serial_published, s->serial_listed, remedy);
		break;
	case GUARD_DATE:
		(void)snprintf(ret, GUARD_TEXT_MAX, "%s: its date goes back by %" PRId64 " minutes: %s",
		               index_name(s->date_of), (s->date_published_s - s->date_listed_s + 59) / 60, remedy);
		break;
	case GUARD_SPACE:
		(void)snprintf(ret, GUARD_TEXT_MAX,
		               "%.1f GiB would come, %.1f are free, %.1f stay free: make room, then release it",
		               (double)s->fetch_bytes / gib, (double)s->free_bytes / gib,
		               (double)limits->reserve_bytes / gib);
		break;
	}
	return ret;
}
