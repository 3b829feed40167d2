/* What is wished for of a project is in the database before anybody hears that it is. */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>

struct wish {
	struct engine *engine;
	struct project *project;
	enum engine_wish wish;
	int64_t at_s;
	void (*on_done)(void *data, int rc);
	void *data;
};

/** Return: 0; -EBUSY: it is held, and nobody has released it; or a negative errno. */
static int check_hold(sqlite3 *db, const char *project)
{
	struct hold h;
	int rc = holds_db_get(db, project, &h);

	if (rc == -ENOENT)
		return 0;
	if (rc < 0)
		return rc;
	return h.is_released ? 0 : -EBUSY;
}

/** What the operator has held without any reason of ours. Return: also -ENODATA. */
static int release_pause(sqlite3 *db, const char *project)
{
	struct schedule_kept kept;
	int rc = mirror_db_get_kept(db, project, &kept);

	if (rc == 0 && !kept.is_paused)
		return -ENODATA;
	if (rc == 0)
		rc = mirror_db_set_paused(db, project, false);
	return rc < 0 ? rc : mirror_db_set_wanted(db, project, true);
}

static int write_wish(sqlite3 *db, void *data)
{
	const struct wish *w = data;
	const char *name = w->project->pop->name;
	int rc = 0;

	if (w->wish == ENGINE_RUN || w->wish == ENGINE_RESUME)
		rc = check_hold(db, name);
	if (rc < 0)
		return rc;
	switch (w->wish) {
	case ENGINE_RUN:
		return mirror_db_set_wanted(db, name, true);
	case ENGINE_STOP:
	case ENGINE_HOLD:
		return mirror_db_set_paused(db, name, true);
	case ENGINE_RESUME:
		rc = mirror_db_set_paused(db, name, false);
		return rc < 0 ? rc : mirror_db_set_wanted(db, name, true);
	case ENGINE_RELEASE:
		rc = holds_db_release(db, name, w->at_s);
		return rc == -ENOENT ? release_pause(db, name) : rc;
	case ENGINE_WISHES:
		break;
	}
	return -EINVAL;
}

static void fulfil(const struct wish *w)
{
	struct schedule *s = w->engine->schedule;
	struct project *p = w->project;

	if (w->wish == ENGINE_RELEASE)
		p->record.hold.is_released = true;
	bool is_paused = w->wish == ENGINE_STOP || w->wish == ENGINE_HOLD;
	if (w->wish != ENGINE_RUN)
		schedule_pause(s, p->index, is_paused);
	if (!is_paused)
		schedule_push(s, p->index, engine_now());
	p->n_pushes += !is_paused;
	if (w->wish == ENGINE_STOP && p->runner != NULL)
		runner_stop(p->runner);
	engine_pump(w->engine);
}

static void on_written(void *data, int rc)
{
	struct wish *w = data;
	struct engine *e = w->engine;

	if (rc == 0)
		fulfil(w);
	w->on_done(w->data, rc);
	free(w);
	engine_settle(e);
}

void engine_wish(struct engine *e, const char *project, enum engine_wish wish, void (*on_done)(void *data, int rc),
                 void *data)
{
	struct project *p = engine_find(e, project);

	if (p == NULL || !e->is_started || e->is_closing) {
		on_done(data, p == NULL ? -ENOENT : -EAGAIN);
		return;
	}
	struct wish *w = mem_new(sizeof(*w));
	*w = (struct wish){e, p, wish, engine_now().wall_s, on_done, data};
	int rc = engine_store(e, write_wish, on_written, w);
	if (rc == 0)
		return;
	free(w);
	on_done(data, rc);
}
