/* What the database has of a project's runs. */
/* SPDX-License-Identifier: MIT */
#include "mirror/engine_state.h"

#include "base/json_write.h"
#include "base/log.h"
#include "base/mem.h"
#include "mirror/large_db.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_MAX = 20 };

struct reached {
	struct engine *engine;
	int64_t run;
	enum run_step step;
};

static int note(sqlite3 *db, void *data)
{
	const struct reached *r = data;

	return runs_db_note(db, r->run, r->step);
}

static void on_noted(void *data, int rc)
{
	struct reached *r = data;
	struct engine *e = r->engine;

	if (rc < 0)
		log_warn("mirror: how far run %" PRId64 " is could not be noted: %s", r->run, strerror(-rc));
	free(r);
	engine_settle(e);
}

void engine_on_step(enum run_step step, void *data)
{
	struct project *p = data;
	struct reached *r = mem_new(sizeof(*r));

	p->step = step;
	*r = (struct reached){p->engine, p->run, step};
	if (engine_store(p->engine, note, on_noted, r) < 0)
		free(r);
}

struct question {
	struct engine *engine;
	const struct project *project;
	enum engine_history of;
	int64_t run;
	char *text; /* the answer */
	void (*on_answer)(void *data, int rc, const char *text);
	void *data;
};

static int look_up(sqlite3 *db, void *data)
{
	struct question *q = data;
	const char *name = q->project->pop->name;

	if (q->of == ENGINE_LOG)
		return runs_db_log(db, name, q->run, &q->text);
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *list = yyjson_mut_arr(doc);
	int rc = q->of == ENGINE_RUNS ? runs_db_list(db, name, RUNS_MAX, doc, list)
	                              : large_db_list(db, name, doc, list);
	q->text = json_take(doc, list);
	return rc;
}

static void on_looked_up(void *data, int rc)
{
	struct question *q = data;
	struct engine *e = q->engine;

	q->on_answer(q->data, rc, q->text);
	free(q->text);
	free(q);
	engine_settle(e);
}

/** What the programs of the run that goes on have said, if it is the one of which the log is wanted; or NULL. */
static const char *said_so_far(const struct project *p, int64_t run)
{
	const char *said = p->runner != NULL ? runner_log(p->runner) : p->log;

	if (run != 0 && run != p->run)
		return NULL;
	return said == NULL && run == 0 && p->is_busy ? "" : said; /* it is about to begin */
}

void engine_ask(struct engine *e, const struct engine_question *what,
                void (*on_answer)(void *data, int rc, const char *text), void *data)
{
	const struct project *p = engine_find(e, what->project);
	const char *said = p != NULL && what->of == ENGINE_LOG ? said_so_far(p, what->run) : NULL;
	int rc = p == NULL ? -ENOENT : 0;

	if (rc == 0 && e->is_closing)
		rc = -EAGAIN;
	if (rc == 0 && said != NULL) {
		on_answer(data, 0, said);
	} else if (rc == 0) {
		struct question *q = mem_new(sizeof(*q));
		*q = (struct question){e, p, what->of, what->run, NULL, on_answer, data};
		rc = engine_store(e, look_up, on_looked_up, q);
		if (rc < 0)
			free(q);
	}
	if (rc < 0)
		on_answer(data, rc, NULL);
}
