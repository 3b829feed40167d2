/* What there is to see of all projects, from memory. */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/mem.h"
#include "base/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABELS_MAX = 160 };

static bool is_held(const struct project *p)
{
	return p->record.is_held && !p->record.hold.is_released;
}

static enum project_state state_of(const struct project *p, bool is_paused)
{
	const struct last_run *last = &p->record.last;

	if (p->is_busy)
		return PROJECT_RUNNING;
	if (is_held(p))
		return PROJECT_HELD;
	if (is_paused)
		return PROJECT_STOPPED;
	if (last->ended_s == 0)
		return PROJECT_NEW;
	return last->outcome == OUTCOME_DONE || last->outcome == OUTCOME_UNCHANGED ? PROJECT_DONE : PROJECT_FAILED;
}

/** A tree that never was good is awaited as long as its first run goes on. */
static enum tree_freshness freshness_of(const struct project *p)
{
	int64_t good_s = p->record.published.good_s, now_s = engine_now().wall_s;

	return status_freshness(good_s, p->is_busy ? now_s : p->since_s, p->period_s, now_s);
}

struct project_status engine_status_of(const struct project *p)
{
	static const char *const kinds[] = {
		[POP_MIRROR_DEBIAN] = "debian",
		[POP_MIRROR_RPM] = "rpm",
		[POP_MIRROR_ARCH] = "arch",
		[POP_MIRROR_FILES] = "files",
		[POP_MIRROR_OSM_PLANET] = "osm-planet",
		[POP_MIRROR_COMMAND] = "command",
	};
	const struct record *r = &p->record;
	struct schedule_kept kept = schedule_kept(p->engine->schedule, p->index, engine_now());
	bool is_known = r->published.files > 0;

	return (struct project_status){
		.name = p->pop->name,
		.kind = kinds[p->pop->kind],
		.path = p->path,
		.upstream = p->pop->n_upstreams == 0 ? "" : p->pop->upstreams[p->upstream],
		.state = state_of(p, kept.is_paused),
		.step = p->is_busy ? run_steps[p->step] : NULL,
		.freshness = freshness_of(p),
		.outcome = r->last.outcome,
		.words = is_held(p) ? r->hold.words : r->last.words,
		.generation = r->published.generation,
		.since = r->published.at_s,
		.good = r->published.good_s,
		.started = p->is_busy ? p->began_s : r->last.began_s,
		.ended = r->last.ended_s,
		.next = kept.is_paused ? 0 : kept.due_s,
		.stopped = kept.is_paused ? r->last.ended_s : 0,
		.files = is_known ? (int64_t)r->published.files : -1,
		.bytes = is_known ? (int64_t)r->published.bytes : -1,
		.is_wanted = kept.is_wanted,
		.followers = p->followers,
		.n_followers = p->n_followers,
		.large_bytes = (int64_t)p->pop->large_mib << 20,
		.large = (int64_t)p->large.n,
		.large_waiting = (int64_t)p->large.n_waiting,
	};
}

size_t engine_n(const struct engine *e)
{
	return e->is_started ? e->n : 0;
}

struct project_status *engine_status(const struct engine *e)
{
	struct project_status *all = mem_new((engine_n(e) + 1) * sizeof(*all));

	for (size_t i = 0; i < engine_n(e); i++)
		all[i] = engine_status_of(&e->projects[i]);
	return all;
}

void engine_list(const struct engine *e, const char *name, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	for (size_t i = 0; i < engine_n(e); i++) {
		struct project_status s = engine_status_of(&e->projects[i]);
		if (name == NULL || strcmp(name, s.name) == 0)
			yyjson_mut_arr_append(list, status_project(doc, &s));
	}
}

static void add_counters(const struct engine *e, struct buf *b)
{
	static const char runs[] = "mirrord_runs_total";
	static const struct {
		const char *name, *help;
	} others[] = {{"mirrord_pushes_total", "Runs that were asked for."},
	              {"mirrord_rollbacks_total", "Times that an older tree was published again."},
	              {"mirrord_hashed_bytes_total", "Read of large files, for their hashes."}};
	char labels[LABELS_MAX];

	metrics_family(b, runs, METRICS_COUNTER, "Runs of a project, by what came of them.");
	for (size_t i = 0; i < e->n; i++)
		for (unsigned o = 0; o < OUTCOMES; o++) {
			const struct project *p = &e->projects[i];
			(void)snprintf(labels, sizeof(labels), "project=\"%s\",outcome=\"%s\"", p->pop->name,
			               outcome_names[o]);
			metrics_u64(b, runs, labels, p->n_runs[o]);
		}
	for (size_t k = 0; k < sizeof(others) / sizeof(*others); k++) {
		metrics_family(b, others[k].name, METRICS_COUNTER, others[k].help);
		for (size_t i = 0; i < e->n; i++) {
			const struct project *p = &e->projects[i];
			const uint64_t values[] = {p->n_pushes, p->n_rollbacks, p->n_hashed_bytes};
			(void)snprintf(labels, sizeof(labels), "project=\"%s\"", p->pop->name);
			metrics_u64(b, others[k].name, labels, values[k]);
		}
	}
}

static void add_gauges(const struct engine *e, struct buf *b)
{
	static const struct {
		const char *name, *help;
	} gauges[] = {
		{"mirrord_running", "Whether the project runs."},
		{"mirrord_held", "Whether it waits for the operator."},
		{"mirrord_stale", "Whether it has been too long not as its upstream is."},
		{"mirrord_last_success_timestamp_seconds", "When it last was as its upstream is; 0: never."},
		{"mirrord_published_timestamp_seconds", "When what is published was; 0: nothing is."},
		{"mirrord_files", "Files that are published."},
		{"mirrord_size_bytes", "Size of the files that are published."},
		{"mirrord_large_files", "Large files that are published."},
		{"mirrord_large_files_waiting", "Of them, those whose hashes are not known yet."},
	};
	char labels[LABELS_MAX];

	for (size_t k = 0; k < sizeof(gauges) / sizeof(*gauges); k++) {
		metrics_family(b, gauges[k].name, METRICS_GAUGE, gauges[k].help);
		for (size_t i = 0; i < e->n; i++) {
			const struct project *p = &e->projects[i];
			const struct published *t = &p->record.published;
			const uint64_t values[] = {p->is_busy, is_held(p), freshness_of(p) == TREE_STALE,
			                           (uint64_t)t->good_s, (uint64_t)t->at_s, t->files, t->bytes,
			                           p->large.n, p->large.n_waiting};
			(void)snprintf(labels, sizeof(labels), "project=\"%s\"", p->pop->name);
			metrics_u64(b, gauges[k].name, labels, values[k]);
		}
	}
}

void engine_metrics(const struct engine *e, struct buf *b)
{
	static const char told[] = "mirrord_webhook_total";

	add_counters(e, b);
	add_gauges(e, b);
	engine_push_metrics(e, b);
	if (e->webhook == NULL)
		return;
	struct webhook_counters c = webhook_counters(e->webhook);
	metrics_family(b, told, METRICS_COUNTER, "Events for the webhook, by what became of them.");
	metrics_u64(b, told, "outcome=\"told\"", c.told);
	metrics_u64(b, told, "outcome=\"failed\"", c.failed);
	metrics_u64(b, told, "outcome=\"dropped\"", c.dropped);
}
