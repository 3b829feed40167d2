/*
 * start_next() takes a job. A change goes through advance(), step by step; a reconciliation from
 * publisher_wanted() by the zone's transfer to on_zone(), which sends what differs. send_next() sends
 * a list of records in as many updates as it needs.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/publisher.h"

#include "base/log.h"
#include "base/mem.h"
#include "rdns/difference.h"

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
	struct publication publication;
	struct change change;
	ldns_rr_list *updates, *undoing; /* of the change; or what repairs the zone */
	ldns_rr_list *wanted;
	size_t n_wrong;
};

struct publisher {
	struct publisher_config config;
	struct publisher_counters counters;
	STAILQ_HEAD(jobs, job)
	waiting;
	size_t n_waiting;
	struct job *job;             /* the one in progress */
	struct primary_job *running; /* of it */
	uv_timer_t timer;
	const ldns_rr_list *sending;
	ldns_rr_list *clearing; /* goes first */
	size_t n_sent;          /* records of the list that is being sent */
	size_t n_sending;       /* of the message */
	bool is_clearing, has_sent;
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
	ldns_rr_list_deep_free(job->wanted);
	free(job);
}

static void on_timer_closed(uv_handle_t *handle)
{
	struct publisher *p = handle->data;
	void (*on_closed)(void *data) = p->on_closed;
	void *data = p->closed_data;

	free(p);
	if (on_closed != NULL)
		on_closed(data);
}

void publisher_close(struct publisher *p, void (*on_closed)(void *data), void *data)
{
	struct job *job;

	p->is_closing = true;
	p->on_closed = on_closed;
	p->closed_data = data;
	if (p->running != NULL)
		primary_cancel(p->running);
	job_free(p->job);
	while ((job = STAILQ_FIRST(&p->waiting)) != NULL) {
		STAILQ_REMOVE_HEAD(&p->waiting, next);
		job_free(job);
	}
	ldns_rr_list_deep_free(p->clearing);
	uv_close((uv_handle_t *)&p->timer, on_timer_closed);
}

/** The job is over: the next one. */
static void finish(struct publisher *p)
{
	struct job *job = p->job;

	p->job = NULL;
	if (job->is_change)
		job->publication.on_end(job->change.end, job->change.why, job->publication.data);
	job_free(job);
	if (!p->is_closing)
		start_next(p);
}

static void finish_change(struct publisher *p)
{
	const struct change *c = &p->job->change;

	p->counters.live += c->end == CHANGE_LIVE ? 1 : 0;
	p->counters.failed += c->end == CHANGE_FAILED ? 1 : 0;
	p->counters.pending += c->end == CHANGE_PENDING ? 1 : 0;
	if (c->is_drifting && publisher_reconcile(p, p->job->origin) < 0)
		log_warn("rdns: %s: not compared now, too much else waits", p->job->origin);
	finish(p);
}

static void finish_reconciling(struct publisher *p, bool is_right)
{
	struct job *job = p->job;

	if (is_right) {
		p->counters.reconciled++;
		p->counters.drifted += job->n_wrong;
	} else {
		p->counters.unreachable++;
	}
	if (job->n_wrong > 0)
		log_warn("rdns: %s: %zu records were not as they should be%s", job->origin, job->n_wrong,
		         is_right ? "; repaired" : " and could not be repaired");
	finish(p);
}

/** All is sent, or one message was not taken. */
static void on_all_sent(struct publisher *p, enum change_event e)
{
	ldns_rr_list_deep_free(p->clearing);
	p->clearing = NULL;
	if (!p->job->is_change) {
		finish_reconciling(p, e == CHANGE_DONE);
		return;
	}
	change_on(&p->job->change, e != CHANGE_DONE && p->has_sent ? CHANGE_UNANSWERED : e);
	advance(p);
}

static void send_next(struct publisher *p);

static void on_sent(enum change_event e, void *data)
{
	struct publisher *p = data;

	p->running = NULL;
	if (e != CHANGE_DONE) {
		on_all_sent(p, e);
		return;
	}
	p->has_sent = true;
	p->n_sent += p->n_sending;
	send_next(p);
}

static void send_next(struct publisher *p)
{
	const ldns_rr_list *list = p->is_clearing ? p->clearing : p->sending;
	ldns_rr_list *part = ldns_rr_list_new();

	p->n_sending = difference_part(list, p->n_sent, MESSAGE_RECORDS_MAX_BYTES);
	if (p->n_sending == 0 && p->is_clearing) {
		p->is_clearing = false;
		p->n_sent = 0;
		list = p->sending;
		p->n_sending = difference_part(list, 0, MESSAGE_RECORDS_MAX_BYTES);
	}
	for (size_t i = 0; i < p->n_sending; i++)
		(void)ldns_rr_list_push_rr(part, ldns_rr_list_rr(list, p->n_sent + i));
	int rc = 0;
	if (p->n_sending > 0)
		rc = primary_update(&p->config.primary, p->job->zone, part, on_sent, p, &p->running);
	ldns_rr_list_free(part);
	if (rc < 0)
		log_error("rdns: %s: an update cannot be written: %s", p->job->origin, strerror(-rc));
	if (rc < 0 || p->n_sending == 0)
		on_all_sent(p, rc < 0 ? CHANGE_REFUSED : CHANGE_DONE);
}

static void send_list(struct publisher *p, const ldns_rr_list *list)
{
	p->sending = list;
	p->clearing = ldns_rr_list_new();
	p->is_clearing = true;
	p->has_sent = false;
	p->n_sent = 0;
	difference_clear(list, p->clearing);
	send_next(p);
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
		send_list(p, job->updates);
		break;
	case CHANGE_UNDO:
		send_list(p, job->undoing);
		break;
	case CHANGE_NOTE:
		p->config.note(job->publication.id, job->change.note_state, p->config.data);
		break;
	case CHANGE_ASK:
		p->running = primary_ask(&p->config.primary, job->updates, on_asked, p);
		break;
	case CHANGE_WAIT:
		(void)uv_timer_start(&p->timer, on_waited, CHANGE_WAIT_MS, 0);
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

static void on_zone(int rc, ldns_rr_list *records, void *data)
{
	struct publisher *p = data;
	struct job *job = p->job;

	p->running = NULL;
	if (rc < 0) {
		log_error("rdns: %s: transfer: %s", job->origin, strerror(-rc));
		finish_reconciling(p, false);
		return;
	}
	job->n_wrong = difference_of(records, job->wanted, job->zone, job->updates);
	ldns_rr_list_deep_free(records);
	send_list(p, job->updates);
}

void publisher_wanted(struct publisher *p, ldns_rr_list *records)
{
	assert(p->job != NULL && !p->job->is_change && p->job->wanted == NULL);
	p->job->wanted = records;
	int rc = records == NULL ? -EIO : primary_transfer(&p->config.primary, p->job->zone, on_zone, p, &p->running);
	if (rc == 0)
		return;
	log_error("rdns: %s: not compared: %s", p->job->origin, strerror(-rc));
	finish_reconciling(p, false);
}

/** Jobs begin on the loop's next turn, never within the caller's call. */
static void on_turn(uv_timer_t *timer)
{
	struct publisher *p = timer->data;

	p->job = STAILQ_FIRST(&p->waiting);
	STAILQ_REMOVE_HEAD(&p->waiting, next);
	p->n_waiting--;
	if (p->job->is_change)
		advance(p);
	else
		p->config.want(p->job->origin, p->config.data);
}

static void start_next(struct publisher *p)
{
	if (p->job == NULL && !STAILQ_EMPTY(&p->waiting))
		(void)uv_timer_start(&p->timer, on_turn, 0, 0);
}

static struct job *job_new(const char *origin)
{
	struct job *job = mem_new(sizeof(*job));

	job->origin = mem_strdup(origin);
	job->zone = ldns_dname_new_frm_str(origin);
	job->updates = ldns_rr_list_new();
	if (job->zone != NULL)
		return job;
	job_free(job);
	return NULL;
}

static void put_in_queue(struct publisher *p, struct job *job)
{
	STAILQ_INSERT_TAIL(&p->waiting, job, next);
	p->n_waiting++;
	start_next(p);
}

int publisher_change(struct publisher *p, const struct publication *publication)
{
	if (p->n_waiting == PUBLISHER_WAITING_MAX)
		return -EAGAIN;
	struct job *job = job_new(publication->origin);
	if (job == NULL)
		return -EINVAL;
	job->is_change = true;
	job->publication = *publication;
	job->undoing = ldns_rr_list_new();
	difference_replace(publication->before, publication->after, job->updates);
	difference_replace(publication->after, publication->before, job->undoing);
	change_begin(&job->change, publication->noted, publication->is_again);
	put_in_queue(p, job);
	return 0;
}

int publisher_reconcile(struct publisher *p, const char *origin)
{
	if (p->n_waiting == PUBLISHER_WAITING_MAX)
		return -EAGAIN;
	struct job *job = job_new(origin);
	if (job == NULL)
		return -EINVAL;
	put_in_queue(p, job);
	return 0;
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
	(void)uv_timer_init(config->primary.loop, &p->timer);
	p->timer.data = p;
	return p;
}
