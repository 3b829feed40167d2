/* One project and its upstream, whose runs are by a real rsync; what is verified and published is simple. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_RUNNER_FIXTURE_H
#define FONTAINE_TESTS_RUNNER_FIXTURE_H

#include "mirror/runner.h"

#include "base/log.h"
#include "mirror/lock.h"

#include "rsyncd.h"

#include <errno.h>

enum { LIMIT_MS = 30000 };

static struct rsyncd up;

struct fixture {
	uv_loop_t loop;
	uv_timer_t limit;
	char folder[RSYNCD_PATH_MAX];
	struct pop_mirror_project project;
	struct runner_config config;
	struct runner *runner;
	void (*at_step)(struct fixture *f, enum run_step step);
	unsigned n_generations;
	bool is_unsound, cannot_publish;
	int64_t date_published_s, date_listed_s;
	uint64_t fetched_bytes;
	/* of the last run: */
	bool is_over;
	struct runner_end end;
	char words[RUNNER_WORDS_MAX], log[4096], steps[256];
};

static inline void ignore(const struct log_record *record)
{
	(void)record;
}

/* The tree's rules: what "index" names is there, name by name; and a generation is a folder of links. */

static inline int verify(struct runner_job *job, void *data)
{
	const struct fixture *f = data;
	char command[PATH_MAX + 256];

	if (atomic_load(job->is_cancelled))
		return -ECANCELED;
	(void)snprintf(command, sizeof(command), "cd %s && while read n; do test -f \"$n\" || exit 1; done <index",
	               job->place->paths[WORKPLACE_WORK]);
	job->seen->date_published_s = f->date_published_s;
	job->seen->date_listed_s = f->date_listed_s;
	if (system(command) == 0 && !f->is_unsound)
		return 0;
	(void)snprintf(job->words, sizeof(job->words), "a file of the index is missing");
	return -EBADMSG;
}

static inline int publish(struct runner_job *job, uint64_t *ret_generation, void *data)
{
	struct fixture *f = data;
	char command[2048];

	f->fetched_bytes = job->fetched_bytes;
	if (f->cannot_publish)
		return -EROFS;
	(void)snprintf(command, sizeof(command),
	               "cd %s && mkdir -p generations && cp -al work generations/%u && ln -sfn generations/%u next &&"
	               " mkdir -p next/project/trace && touch next/project/trace/of-ours && mv -T next current",
	               f->folder, f->n_generations + 1, f->n_generations + 1);
	if (system(command) != 0)
		return -EIO;
	*ret_generation = ++f->n_generations;
	return 0;
}

static inline int trace(struct runner_job *job, void *data)
{
	(void)job, (void)data;
	return 0;
}

static inline void on_step(enum run_step step, void *data)
{
	struct fixture *f = data;

	(void)strcat(f->steps, run_steps[step]);
	(void)strcat(f->steps, " ");
	if (f->at_step != NULL)
		f->at_step(f, step);
}

static inline void on_end(const struct runner_end *end, void *data)
{
	struct fixture *f = data;

	f->is_over = true;
	f->end = *end;
	(void)snprintf(f->words, sizeof(f->words), "%s", end->words);
	(void)snprintf(f->log, sizeof(f->log), "%s", end->log);
	f->runner = NULL;
}

static inline int setup(void **state)
{
	static char name[] = "test";
	static char *no_exclusions[] = {NULL};
	static struct fixture f;
	char lock[RSYNCD_PATH_MAX + 8];

	memset(&f, 0, sizeof(f));
	log_set_sink(ignore);
	rsyncd_shell(&up, "rm -rf up project && mkdir -p up/pool project && echo pool/a >up/index");
	rsyncd_shell(&up, "cd up/pool && for i in $(seq 19); do echo $i >$i; done");
	rsyncd_write(&up, "up/pool/a", "one");
	f.project = (struct pop_mirror_project){
		.name = name,
		.kind = POP_MIRROR_FILES,
		.exclude = no_exclusions,
		.max_delete_percent = 10,
		.timeout_hours = 1,
		.stall_minutes = 1,
	};
	(void)snprintf(f.folder, sizeof(f.folder), "%s", rsyncd_path(&up, "project"));
	(void)snprintf(lock, sizeof(lock), "%s/lock", f.folder);
	f.config = (struct runner_config){
		.loop = &f.loop,
		.project = &f.project,
		.folder = f.folder,
		.upstream = RSYNCD_URL,
		.published_bytes = 1000,
		.limits = {.max_delete_percent = 10},
		.reserve = "1MiB",
		.tree = {verify, publish, trace, &f},
		.on_step = on_step,
		.on_end = on_end,
		.data = &f,
	};
	*state = &f;
	return uv_loop_init(&f.loop) < 0 ? -1 : lock_take(lock, &f.config.lock);
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	(void)close(f->config.lock);
	return uv_loop_close(&f->loop); /* UV_EBUSY: a handle was leaked */
}

static inline void on_limit(uv_timer_t *timer)
{
	(void)timer;
	fail_msg("too late");
}

static inline enum outcome run(struct fixture *f)
{
	f->steps[0] = '\0';
	f->is_over = false;
	assert_int_equal(uv_timer_init(&f->loop, &f->limit), 0);
	assert_int_equal(uv_timer_start(&f->limit, on_limit, LIMIT_MS, 0), 0);
	f->runner = runner_start(&f->config);
	while (!f->is_over)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&f->limit, NULL);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_int_equal(f->end.run.step, RUN_OVER);
	return f->end.run.outcome;
}

static inline void publish_first(struct fixture *f)
{
	assert_int_equal(run(f), OUTCOME_DONE);
	assert_int_equal(f->n_generations, 1);
}

#endif
