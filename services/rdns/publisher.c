/*
 * start_next() takes what waits. A change goes through advance(), step by step. A reconciliation is a comparison,
 * beside the changes, and then a repair among them: on_compared() puts it behind those that it left alone.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/publisher.h"

#include "base/log.h"
#include "base/mem.h"
#include "rdns/comparison.h"
#include "rdns/difference.h"
#include "rdns/sending.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct job {
	STAILQ_ENTRY(job)
	next;
	bool is_change; /* or a reconciliation */
	char *origin;
	ldns_rdf *zone;
	ldns_rr_list *updates; /* of the change; or what repairs the zone */

	struct publication publication;
	struct change change;
	ldns_rr_list *undoing, *asked;
	struct {
		ldns_rdf *zone; /* NULL: there is none */
		ldns_rr_list *updates, *undoing;
	} last;
	bool is_second; /* of its two zones is being sent to */

	bool is_expected; /* that the zone is not right */

	void (*on_reconciled)(bool is_right, void *data);
	void *data;
};

STAILQ_HEAD(jobs, job);

struct publisher {
	struct publisher_config config;
	struct publisher_counters counters;
	struct jobs waiting, uncompared;
	size_t n_waiting, n_uncompared;
	size_t n_repairs; /* waiting, or in progress: no comparison knows of them */

	struct job *job;             /* the one in progress */
	struct sending *sending;     /* of it */
	struct primary_job *running; /* of it */
	uv_timer_t wait;

	struct job *compared;          /* beside it */
	struct comparison *comparison; /* of that */

	uv_timer_t turn;
	unsigned n_handles;
	bool is_closing;
	void (*on_closed)(void *data);
	void *closed_data;
};

static void advance(struct publisher *p);
static void start_next(struct publisher *p);

static void job_free(struct job *job)
{
	if (job == NULL)
		return;
	free(job->origin);
	ldns_rdf_deep_free(job->zone);
	ldns_rr_list_deep_free(job->publication.before);
	ldns_rr_list_deep_free(job->publication.after);
	ldns_rr_list_deep_free(job->updates);
	ldns_rr_list_deep_free(job->undoing);
	ldns_rr_list_deep_free(job->asked);
	ldns_rr_list_deep_free(job->publication.shown);
	ldns_rr_list_deep_free(job->publication.last_to_go);
	ldns_rr_list_deep_free(job->last.updates);
	ldns_rr_list_deep_free(job->last.undoing);
	ldns_rdf_deep_free(job->last.zone);
	free(job);
}

static void jobs_free(struct jobs *jobs)
{
	struct job *job;

	while ((job = STAILQ_FIRST(jobs)) != NULL) {
		STAILQ_REMOVE_HEAD(jobs, next);
		job_free(job);
	}
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct publisher *p = handle->data;
	void (*on_closed)(void *data) = p->on_closed;
	void *data = p->closed_data;

	if (--p->n_handles > 0)
		return;
	free(p);
	if (on_closed != NULL)
		on_closed(data);
}

void publisher_close(struct publisher *p, void (*on_closed)(void *data), void *data)
{
	p->is_closing = true;
	p->on_closed = on_closed;
	p->closed_data = data;
	if (p->running != NULL)
		primary_cancel(p->running);
	if (p->sending != NULL)
		sending_cancel(p->sending);
	if (p->comparison != NULL)
		comparison_cancel(p->comparison);
	job_free(p->job);
	job_free(p->compared);
	jobs_free(&p->waiting);
	jobs_free(&p->uncompared);
	uv_close((uv_handle_t *)&p->wait, on_handle_closed);
	uv_close((uv_handle_t *)&p->turn, on_handle_closed);
}

static void put_in_queue(struct publisher *p, struct job *job)
{
	STAILQ_INSERT_TAIL(&p->waiting, job, next);
	p->n_waiting++;
	start_next(p);
}

static void finish_change(struct publisher *p)
{
	struct job *job = p->job;
	const struct change *c = &job->change;

	p->counters.live += c->end == CHANGE_LIVE ? 1 : 0;
	p->counters.failed += c->end == CHANGE_FAILED ? 1 : 0;
	p->counters.pending += c->end == CHANGE_PENDING ? 1 : 0;
	if (c->is_drifting && publisher_inspect(p, job->origin, NULL, NULL) < 0)
		log_warn("rdns: %s: not compared now, too much else waits", job->origin);
	p->job = NULL;
	start_next(p);
	job->publication.on_end(c->end, c->why, job->publication.data);
	job_free(job);
}

static void finish_reconciling(struct publisher *p, struct job *job, bool is_right)
{
	size_t n_wrong = ldns_rr_list_rr_count(job->updates);

	if (is_right) {
		p->counters.reconciled++;
		p->counters.drifted += job->is_expected ? 0 : n_wrong;
	} else {
		p->counters.unreachable++;
	}
	if (n_wrong > 0 && !job->is_expected)
		log_warn("rdns: %s: %zu records were not as they should be%s", job->origin, n_wrong,
		         is_right ? "; repaired" : " and could not be repaired");
	start_next(p);
	if (job->on_reconciled != NULL)
		job->on_reconciled(is_right, job->data);
	job_free(job);
}

static void on_repaired(enum change_event e, void *data)
{
	struct publisher *p = data;
	struct job *job = p->job;

	p->sending = NULL;
	p->job = NULL;
	p->n_repairs--;
	finish_reconciling(p, job, e == CHANGE_DONE);
}

static void on_sent(enum change_event e, void *data);

/** The zone that is last is told when the other one has taken all, and what is undone there is undone first. */
static void send_change(struct publisher *p)
{
	struct job *job = p->job;
	bool is_undo = job->change.step == CHANGE_UNDO;

	if (job->last.zone != NULL && job->is_second != is_undo)
		p->sending = sending_start(&p->config.primary, job->last.zone,
		                           is_undo ? job->last.undoing : job->last.updates, on_sent, p);
	else
		p->sending = sending_start(&p->config.primary, job->zone, is_undo ? job->undoing : job->updates,
		                           on_sent, p);
}

static void on_sent(enum change_event e, void *data)
{
	struct publisher *p = data;
	struct job *job = p->job;

	p->sending = NULL;
	bool goes_on = e == CHANGE_DONE || job->change.step == CHANGE_UNDO; /* that is said once more by who asked */
	if (goes_on && job->last.zone != NULL && !job->is_second) {
		job->is_second = true;
		send_change(p);
		return;
	}
	if (e != CHANGE_DONE && job->is_second)
		e = CHANGE_UNANSWERED; /* the first zone has it */
	job->is_second = false;
	change_on(&job->change, e);
	advance(p);
}

static void on_asked(enum change_event e, void *data)
{
	struct publisher *p = data;

	p->running = NULL;
	change_on(&p->job->change, e);
	advance(p);
}

static void on_waited(uv_timer_t *timer)
{
	struct publisher *p = timer->data;

	change_on(&p->job->change, CHANGE_DONE);
	advance(p);
}

/** Do the change's next step. */
static void advance(struct publisher *p)
{
	struct job *job = p->job;

	switch (job->change.step) {
	case CHANGE_SEND:
	case CHANGE_UNDO:
		send_change(p);
		break;
	case CHANGE_NOTE:
		p->config.note(job->publication.id, job->change.note_state, p->config.data);
		break;
	case CHANGE_ASK:
		p->running = primary_ask(&p->config.primary, job->asked, on_asked, p);
		break;
	case CHANGE_WAIT:
		(void)uv_timer_start(&p->wait, on_waited, CHANGE_WAIT_MS, 0);
		break;
	case CHANGE_OVER:
		finish_change(p);
		break;
	case CHANGE_STEPS:
		break;
	}
}

void publisher_noted(struct publisher *p, int rc)
{
	assert(p->job != NULL && p->job->change.step == CHANGE_NOTE);
	if (rc < 0)
		log_error("rdns: %s: a change cannot be noted: %s", p->job->origin, strerror(-rc));
	change_on(&p->job->change, rc < 0 ? CHANGE_UNWRITABLE : CHANGE_DONE);
	advance(p);
}

static void on_compared(int rc, ldns_rr_list *updates, void *data)
{
	struct publisher *p = data;
	struct job *job = p->compared;

	p->compared = NULL;
	p->comparison = NULL;
	job->updates = rc < 0 ? ldns_rr_list_new() : updates;
	if (rc < 0 && !job->is_expected)
		log_error("rdns: %s: not compared: %s", job->origin, strerror(-rc));
	if (rc == 0 && ldns_rr_list_rr_count(updates) > 0) {
		p->n_repairs++;
		put_in_queue(p, job);
	} else {
		finish_reconciling(p, job, rc == 0);
	}
}

/** What waits already, or has begun, is left alone too. */
static void leave_changes_alone(struct publisher *p)
{
	const struct job *job;

	if (p->job != NULL)
		comparison_leave_alone(p->comparison, p->job->updates);
	STAILQ_FOREACH(job, &p->waiting, next)
	comparison_leave_alone(p->comparison, job->updates);
}

void publisher_wanted(struct publisher *p, ldns_rr_list *records, ldns_rr_list *unsettled)
{
	assert(p->comparison != NULL);
	if (records == NULL) {
		ldns_rr_list_deep_free(unsettled);
		comparison_cancel(p->comparison);
		on_compared(-EIO, NULL, p);
		return;
	}
	int rc = comparison_start(p->comparison, records, unsettled);
	if (rc == 0)
		return;
	comparison_cancel(p->comparison);
	on_compared(rc, NULL, p);
}

static void start_comparison(struct publisher *p)
{
	struct job *job = STAILQ_FIRST(&p->uncompared);

	STAILQ_REMOVE_HEAD(&p->uncompared, next);
	p->n_uncompared--;
	p->compared = job;
	p->comparison = comparison_new(&p->config.primary, job->zone, on_compared, p);
	leave_changes_alone(p);
	p->config.want(job->origin, p->config.data);
}

static void start_job(struct publisher *p)
{
	struct job *job = STAILQ_FIRST(&p->waiting);

	STAILQ_REMOVE_HEAD(&p->waiting, next);
	p->n_waiting--;
	p->job = job;
	if (job->is_change)
		advance(p);
	else
		p->sending = sending_start(&p->config.primary, job->zone, job->updates, on_repaired, p);
}

static bool can_compare(const struct publisher *p)
{
	return p->compared == NULL && p->n_repairs == 0 && !STAILQ_EMPTY(&p->uncompared);
}

static bool can_work(const struct publisher *p)
{
	return p->job == NULL && !STAILQ_EMPTY(&p->waiting);
}

/** Jobs begin on the loop's next turn, never within the caller's call. */
static void on_turn(uv_timer_t *timer)
{
	struct publisher *p = timer->data;

	if (can_compare(p)) {
		start_next(p); /* also the other one, for want() may be answered, and all be closed, within this call */
		start_comparison(p);
	} else if (can_work(p)) {
		start_job(p);
	}
}

static void start_next(struct publisher *p)
{
	if (!p->is_closing && (can_work(p) || can_compare(p)))
		(void)uv_timer_start(&p->turn, on_turn, 0, 0);
}

static struct job *job_new(const char *origin)
{
	struct job *job = mem_new(sizeof(*job));

	job->origin = mem_strdup(origin);
	job->zone = ldns_dname_new_frm_str(origin);
	if (job->zone != NULL)
		return job;
	job_free(job);
	return NULL;
}

/** Of the change's records, what is sent, to undo it, and asked for. */
static void set_updates(struct job *job)
{
	const struct publication *c = &job->publication;
	ldns_rr_list *served = ldns_rr_list_new(), *none = ldns_rr_list_new();

	job->updates = ldns_rr_list_new();
	job->undoing = ldns_rr_list_new();
	job->asked = ldns_rr_list_new();
	difference_replace(c->before, c->after, job->updates);
	difference_replace(c->after, c->before, job->undoing);
	(void)ldns_rr_list_push_rr_list(served, c->after);
	if (c->shown != NULL)
		(void)ldns_rr_list_push_rr_list(served, c->shown);
	difference_replace(c->before, served, job->asked);
	if (c->last_origin != NULL) {
		job->last.zone = ldns_dname_new_frm_str(c->last_origin);
		job->last.updates = ldns_rr_list_new();
		job->last.undoing = ldns_rr_list_new();
		difference_replace(c->last_to_go, none, job->last.updates);
		difference_replace(none, c->last_to_go, job->last.undoing);
	}
	ldns_rr_list_free(none);
	ldns_rr_list_free(served);
}

int publisher_change(struct publisher *p, const struct publication *publication)
{
	if (p->n_waiting >= PUBLISHER_WAITING_MAX)
		return -EAGAIN;
	struct job *job = job_new(publication->origin);
	if (job == NULL)
		return -EINVAL;
	job->is_change = true;
	job->publication = *publication;
	set_updates(job);
	change_begin(&job->change, publication->noted, publication->is_again);
	job->change.is_hidden = publication->is_hidden;
	if (p->comparison != NULL)
		comparison_leave_alone(p->comparison, job->updates);
	put_in_queue(p, job);
	return 0;
}

static int compare(struct publisher *p, const char *origin, void (*on_end)(bool is_right, void *data), void *data,
                   bool is_expected)
{
	if (p->n_uncompared >= PUBLISHER_WAITING_MAX)
		return -EAGAIN;
	struct job *job = job_new(origin);
	if (job == NULL)
		return -EINVAL;
	job->on_reconciled = on_end;
	job->data = data;
	job->is_expected = is_expected;
	STAILQ_INSERT_TAIL(&p->uncompared, job, next);
	p->n_uncompared++;
	start_next(p);
	return 0;
}

int publisher_reconcile(struct publisher *p, const char *origin, void (*on_end)(bool is_right, void *data), void *data)
{
	return compare(p, origin, on_end, data, true);
}

int publisher_inspect(struct publisher *p, const char *origin, void (*on_end)(bool is_right, void *data), void *data)
{
	return compare(p, origin, on_end, data, false);
}

const struct publisher_counters *publisher_counters(const struct publisher *p)
{
	return &p->counters;
}

struct publisher *publisher_new(const struct publisher_config *config)
{
	struct publisher *p = mem_new(sizeof(*p));

	p->config = *config;
	STAILQ_INIT(&p->waiting);
	STAILQ_INIT(&p->uncompared);
	(void)uv_timer_init(config->primary.loop, &p->wait);
	(void)uv_timer_init(config->primary.loop, &p->turn);
	p->wait.data = p->turn.data = p;
	p->n_handles = 2;
	return p;
}
