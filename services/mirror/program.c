/* SPDX-License-Identifier: MIT */
#include "mirror/program.h"

#include "mirror/probe.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
	URL_MAX_BYTES = 1024,
	MINUTE_S = 60,
};

static struct rsync_job job_of(const struct program_of *what)
{
	const struct pop_mirror_project *p = what->project;

	return (struct rsync_job){
		.from = what->upstream,
		.to = what->place->paths[WORKPLACE_WORK],
		.exclude = (const char *const *)p->exclude,
		.n_exclude = p->n_exclude,
		.bandwidth_mbps = p->bandwidth_mbps,
		.silence_s = p->stall_minutes * MINUTE_S,
		.names = what->place->paths[WORKPLACE_COMING],
	};
}

static struct program probe(const struct program_of *what)
{
	struct rsync_job job = job_of(what);
	const char *name = probe_name(what->project->kind);
	char url[URL_MAX_BYTES];
	size_t len = strlen(job.from);

	assert(name != NULL);
	(void)snprintf(url, sizeof(url), "%s%s%s", job.from, len > 0 && job.from[len - 1] == '/' ? "" : "/", name);
	job.from = url;
	job.to = what->place->paths[WORKPLACE_PROBE];
	return (struct program){.command = rsync_probe(&job), .fetcher = FETCHER_RSYNC};
}

/**
 * What a command has made is compared as an upstream is. What is published stands in work/ as well, without what we
 * have added to it; but not when a run was cut off.
 */
static struct program list(const struct program_of *what, bool is_of_published)
{
	struct rsync_job job = job_of(what);

	if (what->mode == RUN_COMMAND) {
		job.from = what->place->paths[WORKPLACE_WORK];
		job.to = what->place->paths[WORKPLACE_NOTHING];
	}
	if (what->mode == RUN_TWO_STAGE && what->has_current)
		job.to = what->place->paths[WORKPLACE_TREE];
	else if (is_of_published && what->has_current && (what->is_dirty || what->mode == RUN_COMMAND))
		job.to = what->place->paths[WORKPLACE_CURRENT];
	if (job.to == what->place->paths[WORKPLACE_CURRENT] && what->project->kind == POP_MIRROR_DEBIAN)
		job.kept = "/project/trace/*"; /* one of them is ours: operators allow what upstream deletes */
	return (struct program){.command = rsync_list(&job),
	                        .fetcher = FETCHER_RSYNC,
	                        .out = what->place->paths[WORKPLACE_PRINTED]};
}

static struct program fetch(const struct program_of *what)
{
	struct rsync_job job = job_of(what);

	if (what->mode == RUN_COMMAND)
		return (struct program){.command = command_of(what->project->command), .fetcher = FETCHER_COMMAND};
	if (what->mode == RUN_AT_ONCE)
		return (struct program){.command = rsync_sync(&job),
		                        .fetcher = FETCHER_RSYNC,
		                        .out = what->place->paths[WORKPLACE_PRINTED]};
	if (what->mode == RUN_TWO_STAGE && what->has_current)
		job.compare = what->place->paths[WORKPLACE_TREE];
	if (what->mode == RUN_GENERATIONS && what->has_current) /* what a run that was held has deleted, say */
		job.link = what->place->paths[WORKPLACE_CURRENT];
	if (!what->has_current)
		job.names = NULL; /* all of it is to come: to send its names would take longer than to list it again */
	return (struct program){.command = rsync_fetch(&job), .fetcher = FETCHER_RSYNC};
}

struct program program_of(enum run_step step, const struct program_of *what)
{
	if (step == RUN_PROBE)
		return probe(what);
	if (step == RUN_FETCH)
		return fetch(what);
	assert(step == RUN_LIST || step == RUN_PREPARE);
	return list(what, step == RUN_LIST);
}
