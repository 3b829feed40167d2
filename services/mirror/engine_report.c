/* What there is to see of all projects, from memory. */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/json_write.h"
#include "base/metrics.h"

#include <stdio.h>

static bool is_held(const struct project *p)
{
	return p->record.is_held && !p->record.hold.is_released;
}

/** "running", "held", "paused" or "waiting". */
static const char *state_of(const struct project *p, const struct schedule_kept *kept)
{
	if (p->is_busy)
		return "running";
	if (is_held(p))
		return "held";
	return kept->is_paused ? "paused" : "waiting";
}

void engine_list(const struct engine *e, yyjson_mut_doc *doc, yyjson_mut_val *list)
{
	for (size_t i = 0; e->is_started && i < e->n; i++) {
		const struct project *p = &e->projects[i];
		struct schedule_kept kept = schedule_kept(e->schedule, i, engine_now());
		yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, list);
		json_add_text(doc, o, "name", p->pop->name);
		json_add_text(doc, o, "state", state_of(p, &kept));
		json_add_text(doc, o, "step", p->is_busy ? run_steps[p->step] : NULL);
		json_add_text(doc, o, "upstream", p->pop->n_upstreams == 0 ? NULL : p->pop->upstreams[p->upstream]);
		yyjson_mut_obj_add_sint(doc, o, "due", kept.due_s);
		yyjson_mut_obj_add_bool(doc, o, "wanted", kept.is_wanted);
		json_add_text(doc, o, "words", is_held(p) ? p->record.hold.words : p->words);
	}
}

void engine_metrics(const struct engine *e, struct buf *b)
{
	static const char runs[] = "mirrord_runs_total", running[] = "mirrord_running", held[] = "mirrord_held";
	static const char last[] = "mirrord_last_success_timestamp_seconds";
	char labels[160];

	metrics_family(b, runs, METRICS_COUNTER, "Runs of a project, by what came of them.");
	for (size_t i = 0; i < e->n; i++)
		for (unsigned o = 0; o < OUTCOMES; o++) {
			const struct project *p = &e->projects[i];
			(void)snprintf(labels, sizeof(labels), "project=\"%s\",outcome=\"%s\"", p->pop->name,
			               outcome_names[o]);
			metrics_u64(b, runs, labels, p->n_runs[o]);
		}
	const char *const names[] = {running, held, last};
	static const char *const helps[] = {"Whether the project runs.", "Whether it waits for the operator.",
	                                    "When it last was as its upstream is; 0: not since the start."};
	for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++) {
		metrics_family(b, names[k], METRICS_GAUGE, helps[k]);
		for (size_t i = 0; i < e->n; i++) {
			const struct project *p = &e->projects[i];
			const uint64_t values[] = {p->is_busy, is_held(p), (uint64_t)p->last_done_s};
			(void)snprintf(labels, sizeof(labels), "project=\"%s\"", p->pop->name);
			metrics_u64(b, names[k], labels, values[k]);
		}
	}
}
