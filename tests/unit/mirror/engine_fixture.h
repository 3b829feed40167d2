/* An engine with three projects of a real rsync daemon; what is verified and published is simple. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_TESTS_ENGINE_FIXTURE_H
#define FONTAINE_TESTS_ENGINE_FIXTURE_H

#include "mirror/engine.h"

#include "base/json_write.h"
#include "base/log.h"
#include "base/mem.h"

#include "rsyncd.h"

#include <errno.h>

enum {
	LIMIT_MS = 30000,
	N = 3,
};

static struct rsyncd up;

struct fixture {
	uv_loop_t loop;
	struct pop_mirror_project projects[N];
	struct pop_mirror mirror;
	struct engine_config config;
	struct engine *engine;
	char database[RSYNCD_PATH_MAX];
	int wish_rc;
	bool is_told, is_closed;
};

static inline void ignore(const struct log_record *record)
{
	(void)record;
}

static inline int verify(struct runner_job *job, void *data)
{
	(void)job, (void)data;
	return 0;
}

/* The tree is a folder that takes the place of the one before. */
static inline int publish(struct runner_job *job, uint64_t *ret_generation, void *data)
{
	char command[PATH_MAX + 128];

	(void)data;
	(void)snprintf(command, sizeof(command), "cd %s/root/%s && rm -rf current && cp -al work current", up.folder,
	               job->project->name);
	*ret_generation = 7;
	return system(command) == 0 ? 0 : -EIO;
}

static inline int trace(struct runner_job *job, void *data)
{
	(void)job, (void)data;
	return 0;
}

static inline void open_engine(struct fixture *f)
{
	assert_int_equal(uv_loop_init(&f->loop), 0);
	assert_int_equal(engine_open(&f->config, &f->engine), 0);
	assert_int_equal(engine_start(f->engine, &f->loop), 0);
}

static inline void on_closed(void *data)
{
	struct fixture *f = data;

	f->is_closed = true;
}

static inline void close_engine(struct fixture *f)
{
	f->is_closed = false;
	engine_close(f->engine, on_closed, f);
	(void)uv_run(&f->loop, UV_RUN_DEFAULT);
	assert_true(f->is_closed);
	assert_int_equal(uv_loop_close(&f->loop), 0); /* UV_EBUSY: a handle was leaked */
}

/* "good" has a large file as well; "second" has an upstream that is not there, and then a good one. */
static inline int setup(void **state)
{
	static char good[] = "good", second[] = "second", held[] = "held", day[] = "1d", reserve[] = "1MiB";
	static char url[] = RSYNCD_URL, wrong[] = "rsync://127.0.0.1:8730/other/", sentinel[] = "index", root[64];
	static char *urls[] = {url}, *two_urls[] = {wrong, url}, *none[] = {NULL};
	static char *names[N] = {good, second, held};
	static struct fixture f;

	log_set_sink(ignore);
	rsyncd_shell(&up, "rm -rf up root *.db* && mkdir -p up root && echo a >up/a");
	memset(&f, 0, sizeof(f));
	for (size_t i = 0; i < N; i++)
		f.projects[i] = (struct pop_mirror_project){
			.name = names[i],
			.kind = POP_MIRROR_FILES,
			.upstreams = i == 1 ? two_urls : urls,
			.n_upstreams = i == 1 ? 2 : 1,
			.interval = day,
			.exclude = none,
			.max_delete_percent = 10,
			.sentinel = i == 2 ? sentinel : NULL,
			.timeout_hours = 1,
			.stall_minutes = 1,
		};
	(void)snprintf(root, sizeof(root), "%s/root", up.folder);
	(void)snprintf(f.database, sizeof(f.database), "%s/mirror.db", up.folder);
	f.mirror = (struct pop_mirror){.root = root,
	                               .reserve = reserve,
	                               .runs_at_once = 2,
	                               .runs_per_upstream = 2,
	                               .projects = f.projects,
	                               .n_projects = N};
	f.config = (struct engine_config){
		.mirror = &f.mirror, .database = f.database, .tree = {verify, publish, trace, NULL}, .site = "lyon"};
	*state = &f;
	open_engine(&f);
	return 0;
}

static inline int teardown(void **state)
{
	close_engine(*state);
	return 0;
}

static inline void on_told(void *data, int rc)
{
	struct fixture *f = data;

	f->is_told = true;
	f->wish_rc = rc;
}

static inline int wish(struct fixture *f, const char *project, enum engine_wish w)
{
	f->is_told = false;
	engine_wish(f->engine, project, w, on_told, f);
	while (!f->is_told)
		(void)uv_run(&f->loop, UV_RUN_ONCE);
	return f->wish_rc;
}

/* What the engine says of the project, as JSON; for free(). */
static inline char *seen(struct fixture *f, const char *project)
{
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc), *o;
	size_t i, n;
	char *text = NULL;

	engine_list(f->engine, NULL, doc, list);
	yyjson_mut_arr_foreach(list, i, n, o) {
		if (yyjson_mut_equals_str(yyjson_mut_obj_get(o, "name"), project))
			text = yyjson_mut_val_write(o, 0, NULL);
	}
	yyjson_mut_doc_free(doc);
	assert_non_null(text);
	return text;
}

static inline void run_until(struct fixture *f, const char *project, const char *words)
{
	bool is_seen = false;

	for (unsigned ms = 0; !is_seen; ms += 5) {
		(void)uv_run(&f->loop, UV_RUN_NOWAIT);
		char *text = seen(f, project);
		if (ms >= LIMIT_MS)
			fail_msg("no %s in %s", words, text);
		is_seen = strstr(text, words) != NULL;
		free(text);
		(void)usleep(5000);
	}
}

#endif
