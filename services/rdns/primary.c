/* SPDX-License-Identifier: MIT */
#include "rdns/primary.h"

#include "base/log.h"
#include "base/mem.h"
#include "net/dns_client.h"
#include "net/dns_exchange.h"
#include "rdns/served.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/** One question of primary_ask(). */
struct asked {
	struct primary_job *job;
	const ldns_rr *question;
	struct dns_query *query; /* NULL: answered */
};

struct primary_job {
	primary_event_fn on_event;
	primary_zone_fn on_zone;
	void *data;

	struct dns_exchange *exchange; /* of an update or a transfer */
	struct message message;
	struct transfer transfer;
	enum change_event event;
	int rc;

	const ldns_rr_list *updates;
	struct asked asked[SERVED_QUESTIONS_MAX];
	size_t n_asked, n_answered;
	uv_timer_t limit; /* of asking; at once when there is nothing to ask */
};

static void job_free(struct primary_job *job)
{
	message_done(&job->message);
	transfer_done(&job->transfer);
	free(job);
}

static struct primary_job *job_new(void *data)
{
	struct primary_job *job = mem_new(sizeof(*job));

	job->data = data;
	transfer_init(&job->transfer);
	return job;
}

static void on_closed(uv_handle_t *handle)
{
	job_free(handle->data);
}

void primary_cancel(struct primary_job *job)
{
	if (job->exchange != NULL)
		dns_exchange_cancel(job->exchange);
	for (size_t i = 0; i < job->n_asked; i++)
		if (job->asked[i].query != NULL)
			dns_cancel(job->asked[i].query);
	if (job->limit.data != NULL)
		uv_close((uv_handle_t *)&job->limit, on_closed);
	else
		job_free(job);
}

static void start_exchange(struct primary *p, struct primary_job *job, struct dns_exchange_request request)
{
	request.server = p->server;
	request.message = job->message.bytes;
	request.len = job->message.len;
	request.data = job;
	job->exchange = dns_exchange_start(p->loop, &request);
}

static enum dns_more on_update_answer(const uint8_t *bytes, size_t len, void *data)
{
	struct primary_job *job = data;
	ldns_pkt *p;
	int rc = message_check(&job->message, bytes, len, &p);

	job->event = CHANGE_UNANSWERED;
	if (rc < 0) {
		log_error("knot: answer to an update: %s", strerror(-rc));
		return DNS_ENOUGH;
	}
	ldns_pkt_rcode rcode = ldns_pkt_get_rcode(p);
	if (rcode != LDNS_RCODE_NOERROR)
		log_error("knot: update refused with code %d", (int)rcode);
	job->event = rcode == LDNS_RCODE_NOERROR ? CHANGE_DONE : CHANGE_REFUSED;
	ldns_pkt_free(p);
	return DNS_ENOUGH;
}

static void on_update_end(int rc, bool was_sent, void *data)
{
	struct primary_job *job = data;
	primary_event_fn on_event = job->on_event;
	enum change_event e = was_sent ? CHANGE_UNANSWERED : CHANGE_UNREACHED;
	void *owner = job->data;

	if (rc == 0)
		e = job->event;
	else
		log_error("knot: update: %s", uv_strerror(rc));
	job_free(job);
	on_event(e, owner);
}

int primary_update(struct primary *p, const ldns_rdf *origin, const ldns_rr_list *records,
                   primary_event_fn on_event, void *data, struct primary_job **ret)
{
	struct primary_job *job = job_new(data);
	int rc = message_update(&job->message, origin, records, &p->key);

	if (rc < 0) {
		job_free(job);
		return rc;
	}
	job->on_event = on_event;
	start_exchange(p, job, (struct dns_exchange_request){
				       .limit_ms = PRIMARY_UPDATE_MS + job->message.len / PRIMARY_UPDATE_BYTES_PER_MS,
				       .max_bytes = PRIMARY_ANSWER_MAX_BYTES,
				       .on_message = on_update_answer,
				       .on_end = on_update_end,
			       });
	*ret = job;
	return 0;
}

static void finish_asking(struct primary_job *job)
{
	primary_event_fn on_event = job->on_event;
	enum change_event e = job->event;
	void *owner = job->data;

	primary_cancel(job);
	on_event(e, owner);
}

static void on_answer(const struct dns_answer *a, void *data)
{
	struct asked *asked = data;
	struct primary_job *job = asked->job;

	asked->query = NULL;
	if (a->rc < 0 || !served_has(a->packet, asked->question, job->updates))
		job->event = CHANGE_UNSERVED;
	ldns_pkt_free(a->packet);
	if (++job->n_answered == job->n_asked)
		finish_asking(job);
}

static void on_limit(uv_timer_t *timer)
{
	struct primary_job *job = timer->data;

	if (job->n_answered < job->n_asked)
		job->event = CHANGE_UNSERVED;
	finish_asking(job);
}

/** TCP: the answers are whole, and not limited to so many a second. */
static struct dns_query *ask(struct primary *p, struct asked *asked)
{
	char *name = ldns_rdf2str(ldns_rr_owner(asked->question));
	const struct dns_question q = {
		.server = p->server,
		.name = name,
		.type = ldns_rr_get_type(asked->question),
		.way = DNS_TCP_ONLY,
	};
	struct dns_query *query = dns_ask(p->loop, &q, on_answer, asked);

	free(name);
	return query;
}

struct primary_job *primary_ask(struct primary *p, const ldns_rr_list *updates, primary_event_fn on_event, void *data)
{
	struct primary_job *job = job_new(data);
	const ldns_rr *questions[SERVED_QUESTIONS_MAX];

	job->on_event = on_event;
	job->updates = updates;
	job->event = CHANGE_SERVED;
	job->n_asked = served_questions(updates, questions);
	for (size_t i = 0; i < job->n_asked; i++) {
		job->asked[i] = (struct asked){.job = job, .question = questions[i]};
		job->asked[i].query = ask(p, &job->asked[i]);
	}
	(void)uv_timer_init(p->loop, &job->limit);
	job->limit.data = job;
	(void)uv_timer_start(&job->limit, on_limit, job->n_asked > 0 ? PRIMARY_ASK_MS : 0, 0);
	return job;
}

static enum dns_more on_zone_part(const uint8_t *bytes, size_t len, void *data)
{
	struct primary_job *job = data;
	ldns_pkt *p;

	job->rc = message_check(&job->message, bytes, len, &p);
	if (job->rc < 0)
		return DNS_ENOUGH;
	job->rc = transfer_add(&job->transfer, p);
	ldns_pkt_free(p);
	return job->rc < 0 || job->transfer.is_whole ? DNS_ENOUGH : DNS_MORE;
}

static void on_zone_end(int rc, bool was_sent, void *data)
{
	struct primary_job *job = data;
	primary_zone_fn on_zone = job->on_zone;
	ldns_rr_list *records = NULL;
	void *owner = job->data;
	(void)was_sent;

	rc = rc == 0 ? job->rc : rc;
	if (rc == 0) {
		records = job->transfer.records;
		job->transfer.records = NULL;
	}
	job_free(job);
	on_zone(rc, records, owner);
}

int primary_transfer(struct primary *p, const ldns_rdf *origin,
                     primary_zone_fn on_zone, void *data, struct primary_job **ret)
{
	struct primary_job *job = job_new(data);
	int rc = message_transfer(&job->message, origin, &p->key);

	if (rc < 0) {
		job_free(job);
		return rc;
	}
	job->on_zone = on_zone;
	start_exchange(p, job, (struct dns_exchange_request){
				       .limit_ms = PRIMARY_LIMIT_MS,
				       .max_bytes = PRIMARY_ZONE_MAX_BYTES,
				       .on_message = on_zone_part,
				       .on_end = on_zone_end,
			       });
	*ret = job;
	return 0;
}
