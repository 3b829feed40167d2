/*
 * carry_out() begins a step: a program (start_program(), on_program_end()), or work on a thread (start_work(),
 * on_work_done()), or the one and then the other. Its end is an event of mirror/run.h, and advance() goes on.
 * What the watchdogs or the owner stop ends as a program or as work does, with r->cause as its event.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/runner_state.h"

#include "base/log.h"
#include "base/mem.h"
#include "mirror/probe.h"
#include "mirror/program.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	LOG_MAX_BYTES = 32 << 10,
	URL_MAX_BYTES = 1024,
	HOUR_S = 3600,
	MINUTE_S = 60,
};

static void carry_out(struct runner *r);
static void start_job(struct runner *r, int (*job)(struct runner *r));

const char *runner_log(const struct runner *r)
{
	return buf_text(&r->log);
}

/** Once all that was asked of the loop has been answered. */
static void finish(struct runner *r)
{
	struct runner_end end = {
		.run = r->run,
		.words = r->words,
		.log = runner_log(r),
		.verdict = r->verdict,
		.seen = r->seen,
		.listing = r->listing,
		.generation = r->generation,
		.large = r->run.is_published && r->large.is_over ? &r->large.found : NULL,
	};

	r->config.on_end(&end, r->config.data);
	large_list_done(&r->large.found);
	buf_done(&r->log);
	free(r);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct runner *r = handle->data;

	r->is_over = true;
	if (!r->is_asking)
		finish(r);
}

static int64_t now_s(const struct runner *r)
{
	return (int64_t)(uv_now(r->config.loop) / 1000);
}

static void say(struct runner *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** What the run came to, for people; the first word counts. */
static void say(struct runner *r, const char *format, ...)
{
	va_list args;

	if (r->words[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(r->words, sizeof(r->words), format, args);
	va_end(args);
}

/** Why it is being stopped, as far as the step can end so. */
static enum run_event cause_of(const struct runner *r)
{
	return run_may(r->run.step, r->cause) ? r->cause : RUN_STOPPED;
}

/** The step ended with @e: the next one, or the end. */
static void advance(struct runner *r, enum run_event e)
{
	run_on(&r->run, r->cause != RUN_OK && e != RUN_OK ? cause_of(r) : e, r->failed);
	if (r->cause != RUN_OK && r->run.step != RUN_OVER && !r->run.is_published)
		run_on(&r->run, cause_of(r), r->failed);
	if (r->run.step != RUN_OVER) {
		carry_out(r);
		return;
	}
	if (r->run.why == RUN_SAME)
		say(r, "nothing is new at %s", r->config.upstream);
	say(r, "%" PRIu64 " came, %" PRIu64 " went", r->names.n_coming, r->names.n_going);
	if (r->run.mode == RUN_AT_ONCE && r->run.outcome == OUTCOME_HELD)
		start_job(r, job_restore);
	else
		uv_close((uv_handle_t *)&r->timer, on_timer_closed);
}

/** Too many processes or descriptors, for now: nobody has to do anything about it. */
static bool is_passing(int rc)
{
	return rc == -EAGAIN || rc == -EMFILE || rc == -ENFILE || rc == -ENOMEM;
}

/** Something here failed with @rc, a negative errno. */
static void break_off(struct runner *r, int rc)
{
	if (rc == -EOPNOTSUPP && r->job == job_begin)
		say(r, "a command needs hard links, and none can be made here: put the mirrors on ext4, xfs or btrfs");
	if (rc != -ECANCELED)
		say(r, "%s: %s", run_steps[r->run.step], strerror(-rc));
	bool is_short = is_passing(rc) && run_may(r->run.step, RUN_FAILED);
	if (is_short)
		r->failed = OUTCOME_RETRY;
	advance(r, is_short ? RUN_FAILED : RUN_BROKEN);
}

static void stop(struct runner *r, enum run_event cause)
{
	if (r->cause != RUN_OK)
		return;
	r->cause = cause;
	atomic_store(&r->is_cancelled, true);
	if (r->child != NULL)
		child_stop(r->child);
}

void runner_stop(struct runner *r)
{
	say(r, "stopped");
	stop(r, RUN_STOPPED);
}

static void on_space(uv_fs_t *request)
{
	struct runner *r = request->data;
	const uv_statfs_t *s = request->ptr;
	bool is_full = request->result == 0 && s->f_bavail * s->f_bsize < r->config.limits.reserve_bytes;

	uv_fs_req_cleanup(request);
	r->is_asking = false;
	if (r->is_over) {
		finish(r);
	} else if (is_full && r->child != NULL) {
		say(r, "the disk is full up to what is to stay free: make room, then release the project");
		stop(r, RUN_FULL);
	}
}

static void look_at_space(struct runner *r)
{
	if (r->is_asking)
		return;
	r->space.data = r;
	r->is_asking =
	    uv_fs_statfs(r->config.loop, &r->space, r->place.paths[WORKPLACE_WORK], on_space) == 0;
}

static void on_look(uv_timer_t *timer)
{
	struct runner *r = timer->data;

	if (r->child == NULL)
		watchdog_rest(&r->watchdog, now_s(r)); /* what works here is not waited for as an upstream is */
	if (r->child != NULL && r->run.step == RUN_FETCH)
		look_at_space(r);
	switch (watchdog_look(&r->watchdog, r->child == NULL ? 0 : child_moved_bytes(r->child), now_s(r))) {
	case WATCHDOG_FINE:
		break;
	case WATCHDOG_STALLED:
		say(r, "%s sent nothing for %u minutes", r->config.upstream, r->config.project->stall_minutes);
		stop(r, RUN_STALLED);
		break;
	case WATCHDOG_OVERTIME:
		say(r, "not over after %u hours", r->config.project->timeout_hours);
		stop(r, RUN_OVERTIME);
		break;
	}
}

/* Work on a thread: the job's answer is 0, or a negative errno. */

static void run_job(uv_work_t *work)
{
	struct runner *r = work->data;

	r->job_rc = r->job(r);
}

static void on_job_done(uv_work_t *work, int status);

static void start_job(struct runner *r, int (*job)(struct runner *r))
{
	r->job = job;
	(void)uv_queue_work(r->config.loop, &r->work, run_job, on_job_done); /* only without a callback does it fail */
}

/* Programs. */

/** Of a log that is full, the oldest is dropped. */
static void add_to_log(struct runner *r, const char *text, size_t len)
{
	size_t room = r->log.max_bytes - r->log.len;

	if (len > room)
		buf_drop(&r->log, len - room);
	(void)buf_add(&r->log, text, len);
}

static void on_program_said(const char *text, size_t len, void *data)
{
	struct runner *r = data;
	const char *step = run_steps[r->run.step];

	if (!r->has_said) {
		add_to_log(r, step, strlen(step));
		add_to_log(r, ":\n", 2);
	}
	r->has_said = true;
	add_to_log(r, text, len);
}

static void on_program_end(const struct ending *e, void *data)
{
	struct runner *r = data;
	enum outcome o = outcome_of(r->fetcher, e);
	enum run_step step = r->run.step;

	r->child = NULL;
	if (step == RUN_FETCH) {
		r->about.fetch_s = (uint64_t)(now_s(r) - r->fetch_began_s);
		r->about.fetched_bytes = rsync_received(e->said);
	}
	if (o != OUTCOME_DONE || r->cause != RUN_OK) {
		bool is_said = step != RUN_PROBE || o != OUTCOME_RERUN; /* else it goes on without a probe */
		if (is_said)
			say(r, "%s: %s", r->config.upstream, outcome_words(r->fetcher, e));
		r->failed = o == OUTCOME_DONE ? OUTCOME_KILLED : o;
		advance(r, RUN_FAILED);
	} else if (step == RUN_PROBE) {
		start_job(r, job_compare);
	} else if (step == RUN_LIST || step == RUN_PREPARE) {
		start_job(r, step == RUN_LIST ? job_list : job_names);
	} else {
		advance(r, RUN_OK);
	}
}

static void start_program(struct runner *r)
{
	const struct program_of what = {.project = r->config.project,
	                                .place = &r->place,
	                                .upstream = r->config.upstream,
	                                .mode = r->run.mode,
	                                .has_current = r->has_current,
	                                .is_dirty = r->is_dirty};
	struct program p = program_of(r->run.step, &what);
	char project[96], upstream[URL_MAX_BYTES];
	const char *const more[] = {project, upstream, NULL};
	struct child_config config = {
		.loop = r->config.loop,
		.argv = p.command.argv,
		.more = p.fetcher == FETCHER_COMMAND ? more : NULL,
		.folder = r->place.paths[WORKPLACE_WORK],
		.out = p.out,
		.lock = r->config.lock,
		.cgroup = r->config.cgroup,
		.on_said = on_program_said,
		.on_end = on_program_end,
		.data = r,
	};

	(void)snprintf(project, sizeof(project), "FONTAINE_PROJECT=%s", r->config.project->name);
	(void)snprintf(upstream, sizeof(upstream), "FONTAINE_UPSTREAM=%s", r->config.upstream);
	r->fetcher = p.fetcher;
	r->has_said = false;
	watchdog_rest(&r->watchdog, now_s(r));
	r->fetch_began_s = now_s(r);
	int rc = child_start(&config, &r->child);
	command_free(&p.command);
	if (rc < 0)
		break_off(r, rc);
}

static void guard(struct runner *r)
{
	char text[GUARD_TEXT_MAX];

	r->verdict = guard_judge(&r->config.limits, &r->seen, r->config.released);
	if (r->verdict != GUARD_FINE)
		say(r, "%s", guard_text(r->verdict, &r->config.limits, &r->seen, text));
	if (r->verdict == GUARD_SPACE)
		advance(r, RUN_FULL);
	else
		advance(r, r->verdict == GUARD_FINE ? RUN_OK : RUN_HOLD);
}

static void carry_out(struct runner *r)
{
	if (r->config.on_step != NULL)
		r->config.on_step(r->run.step, r->config.data);
	switch (r->run.step) {
	case RUN_PROBE:
		start_program(r);
		break;
	case RUN_LIST:
		if (r->run.mode == RUN_AT_ONCE)
			start_job(r, job_list);
		else
			start_program(r);
		break;
	case RUN_GUARD:
		guard(r);
		break;
	case RUN_PREPARE:
		if (r->run.mode == RUN_COMMAND || !r->is_dirty || !r->has_current)
			advance(r, RUN_OK); /* it was listed already */
		else
			start_program(r);
		break;
	case RUN_FETCH:
		start_job(r, job_set_dirty);
		break;
	case RUN_DELETE:
		start_job(r, job_delete);
		break;
	case RUN_VERIFY:
		start_job(r, job_verify);
		break;
	case RUN_PUBLISH:
		start_job(r, job_publish);
		break;
	case RUN_TRACE:
		start_job(r, job_trace);
		break;
	case RUN_OVER:
	case RUN_STEPS:
		break;
	}
}

/** A run that was cut off may have left the one tree without what comes last; else only work/ is concerned. */
static bool is_unfinished(const struct runner *r)
{
	return r->about.mode == RUN_TWO_STAGE && r->is_dirty;
}

/** What rsync printed was read, or could not be. */
static void on_listed(struct runner *r, int rc)
{
	bool is_left = r->is_dirty && r->run.mode != RUN_COMMAND; /* and is to be finished */
	bool is_same = r->listing.n_coming + r->listing.n_going == 0 && r->has_current && !is_left;

	if (rc == -EBADMSG) {
		say(r, "%s: what it lists is not whole", r->config.upstream);
		r->failed = OUTCOME_RERUN;
		advance(r, RUN_FAILED);
	} else if (rc < 0) {
		break_off(r, rc);
	} else {
		advance(r, r->run.step == RUN_LIST && is_same ? RUN_SAME : RUN_OK);
	}
}

/** In the mode that is known so far. */
static void begin(struct runner *r)
{
	run_begin(&r->run, r->about.mode,
	          !r->config.is_whole && !is_unfinished(r) && probe_name(r->config.project->kind) != NULL);
}

static void on_job_done(uv_work_t *work, int status)
{
	struct runner *r = work->data;
	int rc = r->job_rc;

	(void)status; /* nothing is cancelled */
	if (r->job == job_restore)
		uv_close((uv_handle_t *)&r->timer, on_timer_closed); /* the next run looks, whatever came of it */
	else if (r->job == job_list || r->job == job_names)
		on_listed(r, rc);
	else if (r->job == job_compare)
		advance(r, rc == 0 && r->probe.is_same ? RUN_SAME : RUN_OK);
	else if (r->job == job_verify && rc == -EBADMSG) {
		say(r, "%s", r->about.words);
		advance(r, RUN_UNSOUND);
	} else if (r->job == job_verify && rc == 0)
		guard(r); /* once more: now its serial and its date are known */
	else if (rc < 0)
		break_off(r, rc);
	else if (r->job == job_begin && r->cause == RUN_OK) {
		begin(r);
		carry_out(r);
	} else if (r->job == job_set_dirty && r->cause == RUN_OK)
		start_program(r);
	else if (r->job == job_begin || r->job == job_set_dirty)
		advance(r, RUN_STOPPED);
	else
		advance(r, RUN_OK);
}

struct runner *runner_start(const struct runner_config *config)
{
	struct runner *r = mem_new(sizeof(*r));
	const struct pop_mirror_project *p = config->project;
	bool is_command = p->kind == POP_MIRROR_COMMAND;

	r->config = *config;
	r->large.from_bytes = (uint64_t)p->large_mib << 20;
	r->about = (struct runner_job){.project = p,
	                               .place = &r->place,
	                               .upstream = config->upstream,
	                               .is_cancelled = &r->is_cancelled,
	                               .began_s = time(NULL),
	                               .mode = is_command ? RUN_COMMAND : RUN_GENERATIONS,
	                               .seen = &r->seen};
	buf_init(&r->log, LOG_MAX_BYTES);
	r->timer.data = r->work.data = r;
	begin(r);
	watchdog_start(&r->watchdog, p->timeout_hours * HOUR_S, p->stall_minutes * MINUTE_S, now_s(r));
	int rc = workplace_init(&r->place, config->folder);
	assert(rc == 0); /* the project's lock was in it */
	(void)rc;
	(void)uv_timer_init(config->loop, &r->timer);
	(void)uv_timer_start(&r->timer, on_look, RUNNER_LOOK_MS, RUNNER_LOOK_MS);
	start_job(r, job_begin);
	return r;
}
