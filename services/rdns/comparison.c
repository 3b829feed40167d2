/* SPDX-License-Identifier: MIT */
#include "rdns/comparison.h"

#include "base/mem.h"
#include "rdns/difference.h"

#include <stdlib.h>

struct comparison {
	struct primary *primary;
	ldns_rdf *origin;
	comparison_fn on_end;
	void *data;
	ldns_rr_list *served, *wanted, *unsettled, *touched, *updates;
	struct primary_job *transfer; /* running */
	uv_work_t work;
	bool is_working, is_cancelled;
};

struct comparison *comparison_new(struct primary *primary, const ldns_rdf *origin, comparison_fn on_end, void *data)
{
	struct comparison *c = mem_new(sizeof(*c));

	*c = (struct comparison){
		.primary = primary,
		.origin = ldns_rdf_clone(origin),
		.on_end = on_end,
		.data = data,
		.touched = ldns_rr_list_new(),
		.updates = ldns_rr_list_new(),
	};
	c->work.data = c;
	return c;
}

static void comparison_free(struct comparison *c)
{
	ldns_rdf_deep_free(c->origin);
	ldns_rr_list_deep_free(c->served);
	ldns_rr_list_deep_free(c->wanted);
	ldns_rr_list_deep_free(c->unsettled);
	ldns_rr_list_deep_free(c->touched);
	ldns_rr_list_deep_free(c->updates);
	free(c);
}

void comparison_cancel(struct comparison *c)
{
	c->is_cancelled = true;
	if (c->transfer != NULL)
		primary_cancel(c->transfer);
	if (!c->is_working) /* else when the thread has ended */
		comparison_free(c);
}

static void finish(struct comparison *c, int rc)
{
	comparison_fn on_end = c->on_end;
	ldns_rr_list *updates = NULL;
	void *data = c->data;

	if (rc == 0) {
		updates = c->updates;
		c->updates = NULL;
	}
	comparison_free(c);
	on_end(rc, updates, data);
}

static void compare(uv_work_t *work)
{
	struct comparison *c = work->data;

	(void)difference_of(c->served, c->wanted, c->updates);
	difference_leave_alone(c->updates, c->unsettled);
}

static void on_compared(uv_work_t *work, int status)
{
	struct comparison *c = work->data;

	c->is_working = false;
	if (c->is_cancelled) {
		comparison_free(c);
		return;
	}
	difference_leave_alone(c->updates, c->touched);
	finish(c, status);
}

static void on_zone(int rc, ldns_rr_list *records, void *data)
{
	struct comparison *c = data;

	c->transfer = NULL;
	if (rc < 0) {
		finish(c, rc);
		return;
	}
	c->served = records;
	c->is_working = true;
	(void)uv_queue_work(c->primary->loop, &c->work, compare, on_compared); /* fails without a function alone */
}

int comparison_start(struct comparison *c, ldns_rr_list *wanted, ldns_rr_list *unsettled)
{
	c->wanted = wanted;
	c->unsettled = unsettled;
	return primary_transfer(c->primary, c->origin, on_zone, c, &c->transfer);
}

void comparison_leave_alone(struct comparison *c, const ldns_rr_list *updates)
{
	ldns_rr_list *copy = ldns_rr_list_clone(updates);

	(void)ldns_rr_list_push_rr_list(c->touched, copy);
	ldns_rr_list_free(copy);
}
