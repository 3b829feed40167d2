/* SPDX-License-Identifier: MIT */
#include "mirror/traffic_answers.h"

#include "base/json_write.h"
#include "base/mem.h"

#include <stdlib.h>
#include <time.h>

enum {
	FRESH_MS = 15000,     /* how old what everybody is told may be */
	NETWORKS_PUBLIC = 10, /* that are named */
	NETWORKS_OPERATOR = 100,
};

/** Who waits for an answer. */
struct asker {
	struct asker *next;
	void (*on_answer)(void *data, int rc, const char *text);
	void *data;
};

/** One answer. */
struct view {
	struct engine *engine;
	struct traffic_question question;
	char *text, *coming; /* the last one, or NULL; the next one */
	uint64_t at_ms, fresh_ms;
	struct asker *askers; /* NULL: nothing is asked */
};

struct traffic_answers {
	struct view views[2][TRAFFIC_SPANS]; /* of everybody, of operators */
};

struct traffic_answers *traffic_answers_new(const struct as_names *names, bool hides_networks)
{
	struct traffic_answers *a = mem_new(sizeof(*a));
	const struct view views[] = {
		{.question = {.n_networks = hides_networks ? 0 : NETWORKS_PUBLIC}, .fresh_ms = FRESH_MS},
		{.question = {.n_networks = NETWORKS_OPERATOR}, .fresh_ms = 0},
	};

	for (unsigned i = 0; i < 2; i++)
		for (unsigned span = 0; span < TRAFFIC_SPANS; span++) {
			struct view *v = &a->views[i][span];
			*v = views[i];
			v->question.span = (enum traffic_span)span;
			v->question.names = names;
		}
	return a;
}

void traffic_answers_free(struct traffic_answers *a)
{
	for (unsigned i = 0; i < 2; i++)
		for (unsigned span = 0; span < TRAFFIC_SPANS; span++)
			free(a->views[i][span].text);
	free(a);
}

static int look_up(sqlite3 *db, void *data)
{
	struct view *v = data;
	yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
	yyjson_mut_val *root;
	int rc = traffic_db_tell(db, &v->question, doc, &root);

	v->coming = json_take(doc, root);
	return rc;
}

static void on_looked_up(void *data, int rc)
{
	struct view *v = data;
	struct engine *e = v->engine;
	struct asker *a = v->askers;

	free(v->text);
	v->text = v->coming;
	v->coming = NULL;
	v->at_ms = rc == 0 ? uv_hrtime() / 1000000 : 0;
	v->askers = NULL;
	while (a != NULL) {
		struct asker *next = a->next;
		a->on_answer(a->data, rc, v->text);
		free(a);
		a = next;
	}
	engine_settle(e);
}

static bool is_fresh(const struct view *v)
{
	return v->at_ms > 0 && uv_hrtime() / 1000000 - v->at_ms < v->fresh_ms;
}

static struct view *view_of(struct traffic_answers *a, enum traffic_span span, bool is_operator)
{
	return &a->views[is_operator ? 1 : 0][span];
}

bool traffic_answers_has(struct traffic_answers *a, enum traffic_span span, bool is_operator)
{
	const struct view *v = view_of(a, span, is_operator);

	return v->askers != NULL || is_fresh(v);
}

void traffic_answers_ask(struct traffic_answers *a, struct engine *e, enum traffic_span span, bool is_operator,
                         void (*on_answer)(void *data, int rc, const char *text), void *data)
{
	struct view *v = view_of(a, span, is_operator);
	int rc = 0;

	if (is_fresh(v)) {
		on_answer(data, 0, v->text);
		return;
	}
	if (v->askers == NULL) {
		v->engine = e;
		v->question.now_s = time(NULL);
		rc = engine_store(e, look_up, on_looked_up, v);
	}
	if (rc < 0) {
		on_answer(data, rc, NULL);
		return;
	}
	struct asker *asker = mem_new(sizeof(*asker));
	*asker = (struct asker){v->askers, on_answer, data};
	v->askers = asker;
}
