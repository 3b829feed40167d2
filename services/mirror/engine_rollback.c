/*
 * An older generation is published again. First the project is held, in the database, so that after a kill at any
 * moment no run follows the upstream to where the operator came back from; then the link is switched. The tree that
 * rsync writes is not what is published from then on (workplace_set_dirty()), and the next run begins by comparing.
 */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/log.h"
#include "base/mem.h"
#include "mirror/generation.h"
#include "mirror/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rollback {
	struct engine *engine;
	struct project *project;
	uint64_t from, to; /* from 0: nothing is published */
	struct hold hold;
	struct published published;
	bool was_paused;
	int rc; /* of the switch */
	void (*on_done)(void *data, int rc);
	void *data;
};

/** Which generation it is to be. Return: 0, -ENODATA, or a negative errno. */
static int choose(int fd, uint64_t wanted, uint64_t *ret_from, uint64_t *ret_to)
{
	uint64_t all[GENERATIONS_MAX], from = 0, to = 0;
	int rc = generation_current(fd, &from), n = generation_list(fd, all);

	if (rc == -EINVAL) /* it leads to a tree that is written in two stages: there are no older ones */
		return -ENODATA;
	if (n < 0 || (rc < 0 && rc != -ENOENT))
		return n < 0 ? n : rc;
	for (int i = 0; i < n; i++)
		if (wanted == 0 ? all[i] < from : all[i] == wanted)
			to = all[i];
	*ret_from = from;
	*ret_to = to;
	return to == 0 || to == from ? -ENODATA : 0;
}

/** First job: what it will be, and the hold. */
static int begin(sqlite3 *db, void *data)
{
	struct rollback *r = data;
	const struct project *p = r->project;
	int fd = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	int rc = choose(fd, r->to, &r->from, &r->to);
	(void)close(fd);
	r->published.generation = r->to;
	r->hold.at_s = engine_now().wall_s;
	(void)snprintf(r->hold.words, sizeof(r->hold.words),
	               "rolled back from generation %" PRIu64 " to %" PRIu64 " by the operator", r->from, r->to);
	if (rc == 0)
		rc = published_db_since(db, p->pop->name, r->to, &r->published.at_s);
	if (rc == 0)
		rc = runs_db_begin(db, p->pop->name, "", r->hold.at_s, &r->hold.run);
	return rc < 0 ? rc : holds_db_put(db, p->pop->name, &r->hold);
}

static int switch_to(const struct project *p, uint64_t to)
{
	struct workplace w;
	int lock = -1, rc = workplace_init(&w, p->folder);

	if (rc == 0)
		rc = lock_take(w.paths[WORKPLACE_LOCK], &lock);
	if (rc < 0)
		return rc;
	int fd = open(p->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd < 0 ? -errno : workplace_prepare(&w);
	if (rc == 0)
		rc = workplace_set_dirty(&w);
	if (rc == 0)
		rc = generation_publish(fd, to);
	if (fd >= 0)
		(void)close(fd);
	(void)close(lock);
	return rc;
}

/** Second job: the switch, and what came of it. */
static int carry_out(sqlite3 *db, void *data)
{
	struct rollback *r = data;
	const char *name = r->project->pop->name;
	struct run_ended ended = {
		.at_s = engine_now().wall_s,
		.run = {.step = RUN_OVER, .outcome = OUTCOME_HELD, .why = RUN_HOLD, .ended_at = RUN_PUBLISH},
		.words = r->hold.words,
		.log = "",
	};

	r->rc = switch_to(r->project, r->to);
	if (r->rc < 0)
		(void)snprintf(r->hold.words, sizeof(r->hold.words), "not rolled back to generation %" PRIu64 ": %s",
		               r->to, strerror(-r->rc));
	int rc = runs_db_end(db, r->hold.run, &ended);
	if (rc == 0)
		rc = holds_db_put(db, name, &r->hold);
	return rc < 0 || r->rc < 0 ? rc : published_db_set(db, name, &r->published);
}

static void end(struct rollback *r, int rc)
{
	struct engine *e = r->engine;

	r->on_done(r->data, rc);
	free(r);
	engine_pump(e);
	engine_settle(e);
}

static void on_carried_out(void *data, int rc)
{
	struct rollback *r = data;
	struct project *p = r->project;
	struct last_run *last = &p->record.last;

	p->record.hold = r->hold;
	if (rc == 0)
		rc = r->rc;
	*last = (struct last_run){r->hold.at_s, engine_now().wall_s, OUTCOME_HELD, ""};
	(void)snprintf(last->words, sizeof(last->words), "%s", r->hold.words);
	log_warn("mirror: %s: %s", p->pop->name, r->hold.words);
	if (rc == 0) {
		p->record.published = r->published;
		p->n_rollbacks++;
		engine_lose_large(p);
		engine_list_large(p);
	}
	end(r, rc);
}

static void on_begun(void *data, int rc)
{
	struct rollback *r = data;
	struct project *p = r->project;
	struct engine *e = r->engine;

	if (rc == 0) {
		p->record.is_held = true;
		p->record.hold = r->hold;
		rc = engine_store(e, carry_out, on_carried_out, r);
	} else if (!r->was_paused) {
		schedule_pause(e->schedule, p->index, false);
	}
	if (rc < 0)
		end(r, rc);
	else
		engine_settle(e);
}

void engine_rollback(struct engine *e, const char *project, uint64_t to, void (*on_done)(void *data, int rc),
                     void *data)
{
	struct project *p = engine_find(e, project);
	int rc = p == NULL ? -ENOENT : 0;

	if (rc == 0 && (!e->is_started || e->is_closing))
		rc = -EAGAIN;
	else if (rc == 0 && p->is_busy)
		rc = -EINPROGRESS;
	if (rc < 0) {
		on_done(data, rc);
		return;
	}
	struct rollback *r = mem_new(sizeof(*r));
	*r = (struct rollback){.engine = e, .project = p, .to = to, .on_done = on_done, .data = data};
	r->was_paused = schedule_kept(e->schedule, p->index, engine_now()).is_paused;
	r->published = p->record.published;
	r->published.files = r->published.bytes = 0; /* they were of another one */
	schedule_pause(e->schedule, p->index, true); /* nothing begins meanwhile */
	rc = engine_store(e, begin, on_begun, r);
	if (rc == 0)
		return;
	free(r);
	on_done(data, rc);
}
