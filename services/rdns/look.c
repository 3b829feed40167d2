/*
 * look_start() collects what the servers show; on_observed() has it decided on a worker. Each step asks its
 * questions at once; on_answer() counts, and advance() begins the next step when none is open. A step that
 * has nothing to ask is passed over.
 */
/* SPDX-License-Identifier: MIT */
#include "rdns/look.h"

#include "base/mem.h"
#include "net/dns_client.h"

#include <stdlib.h>
#include <string.h>

enum step {
	STEP_COLLECT,
	STEP_DECIDE, /* on a worker */
	STEP_SIGNALS,
	STEP_BOOTSTRAP, /* on a worker */
	STEP_SOA,
	STEP_CSYNC,
	STEP_NS,
	STEP_ADDRESSES,
	STEP_SOA_AGAIN,
	STEP_DECIDE_NS, /* on a worker */
	STEP_OVER,
};

enum { QUESTIONS_MAX = 2 * DELEGATION_SERVERS_MAX }; /* of one step */

struct question {
	struct look *owner;
	struct observed_answer *answer; /* where it goes */
	struct dns_query *query;        /* NULL: it has ended */
};

struct look {
	uv_loop_t *loop;
	struct look_config config;
	look_done_fn on_done;
	void *data;
	enum step step;
	struct collect *collect; /* NULL: it has ended */
	struct observed *observed;
	struct cds_signals signals;
	const struct observed_target *newest; /* the server that is asked for CSYNC; NULL: none answers */
	struct csync_seen seen;
	struct question questions[QUESTIONS_MAX];
	size_t n_questions, n_open;
	struct look_result result;
	uv_work_t work;
	bool is_working, is_cancelled;
	void (*on_closed)(void *data);
	void *on_closed_data;
};

static void advance(struct look *l);

static void free_look(struct look *l)
{
	cds_signals_done(&l->signals);
	csync_seen_done(&l->seen);
	if (l->observed != NULL)
		observed_free(l->observed);
	free(l);
}

static void close_cancelled(struct look *l)
{
	void (*on_closed)(void *data) = l->on_closed;
	void *data = l->on_closed_data;

	cds_done(&l->result.ds);
	if (l->result.ns.outcome == FOLLOW_CHANGE)
		csync_done(&l->result.ns);
	free_look(l);
	if (on_closed != NULL)
		on_closed(data);
}

void look_cancel(struct look *l, void (*on_closed)(void *data), void *data)
{
	l->is_cancelled = true;
	l->on_closed = on_closed;
	l->on_closed_data = data;
	if (l->collect != NULL)
		collect_cancel(l->collect);
	for (size_t i = 0; i < l->n_questions; i++)
		if (l->questions[i].query != NULL)
			dns_cancel(l->questions[i].query);
	if (!l->is_working)
		close_cancelled(l);
}

static void on_answer(const struct dns_answer *a, void *data)
{
	struct question *q = data;
	struct look *l = q->owner;

	q->query = NULL;
	q->answer->rc = a->rc;
	q->answer->packet = a->packet;
	if (--l->n_open == 0)
		advance(l);
}

static void ask(struct look *l, struct observed_answer *answer, const struct dns_question *how)
{
	struct question *q = &l->questions[l->n_questions++];
	struct dns_question with_dnssec = *how;

	with_dnssec.dnssec = true;
	*q = (struct question){.owner = l, .answer = answer};
	l->n_open++;
	q->query = dns_ask(l->loop, &with_dnssec, on_answer, q);
}

/** At the server that is asked for CSYNC, in the way that has worked. */
static void ask_newest(struct look *l, struct observed_answer *answer, const char *name, ldns_rr_type type)
{
	struct dns_question q = {.server = l->newest->addr, .name = name, .type = type};

	if (l->newest->answers[PROBE_SOA_UDP].packet == NULL)
		q.way = DNS_TCP_ONLY;
	ask(l, answer, &q);
}

static void ask_signals(struct look *l)
{
	const struct delegation *d = l->config.zone;
	struct dns_question q = {.server = l->config.settings->resolver, .recurse = true};
	char name[CDS_SIGNAL_MAX];

	if (l->result.ds.outcome != FOLLOW_SIGNALS || !l->config.settings->has_resolver)
		return;
	for (size_t i = 0; i < d->n_servers; i++) {
		if (d->servers[i].is_inside)
			continue;
		q.name = cds_signal_name(d->zone, d->servers[i].name, name);
		q.type = LDNS_RR_TYPE_CDS;
		ask(l, &l->signals.cds[i], &q);
		q.type = LDNS_RR_TYPE_CDNSKEY;
		ask(l, &l->signals.cdnskey[i], &q);
	}
}

static void ask_addresses(struct look *l)
{
	char names[DELEGATION_SERVERS_MAX][DELEGATION_NAME_MAX];
	size_t n = csync_inside(&l->seen, l->config.zone, names);

	for (size_t i = 0; i < n; i++)
		for (size_t f = 0; f < FAMILIES; f++)
			ask_newest(l, &l->seen.addresses[i][f], names[i], observed_families[f]);
}

/** A server that is behind could bring back what was there before. */
static const struct observed_target *find_newest(const struct observed *o)
{
	const struct observed_target *newest = NULL;
	uint32_t highest = 0;

	for (size_t i = 0; i < o->n_targets; i++) {
		const struct observed_target *t = &o->targets[i];
		const struct observed_answer *a = observed_soa(t);
		ldns_rr_list *soa = observed_has_authority(a) ? observed_records(a, LDNS_RR_TYPE_SOA) : NULL;
		if (soa != NULL && observed_has_authority(&t->answers[PROBE_DNSKEY]) &&
		    ldns_rr_rd_count(ldns_rr_list_rr(soa, 0)) == 7) {
			uint32_t serial = ldns_rdf2native_int32(ldns_rr_rdf(ldns_rr_list_rr(soa, 0), 2));
			if (newest == NULL || (int32_t)(serial - highest) > 0) { /* RFC 1982, 3.2 */
				newest = t;
				highest = serial;
			}
		}
		ldns_rr_list_deep_free(soa);
	}
	return newest;
}

static void work(uv_work_t *w)
{
	struct look *l = w->data;
	const struct look_config *c = &l->config;
	time_t now = time(NULL);

	if (l->step == STEP_DECIDE) {
		l->newest = find_newest(l->observed);
		l->result.ds = cds_decide(l->observed, c->ds_since, now);
	} else if (l->step == STEP_BOOTSTRAP) {
		l->result.ds = cds_bootstrap(l->observed, &l->signals, c->ds_since, now);
	} else {
		l->result.ns = csync_decide(&l->seen, c->zone, l->newest, c->ns_since, now);
	}
}

static void on_worked(uv_work_t *w, int status)
{
	struct look *l = w->data;
	(void)status; /* never cancelled */

	l->is_working = false;
	if (l->is_cancelled)
		close_cancelled(l);
	else
		advance(l);
}

static void start_work(struct look *l)
{
	l->is_working = true;
	l->work.data = l;
	(void)uv_queue_work(l->loop, &l->work, work, on_worked);
}

static void begin(struct look *l)
{
	const char *zone = l->config.zone->zone;

	switch (l->step) {
	case STEP_DECIDE:
	case STEP_DECIDE_NS:
		start_work(l);
		break;
	case STEP_SIGNALS:
		ask_signals(l);
		break;
	case STEP_BOOTSTRAP:
		if (l->result.ds.outcome == FOLLOW_SIGNALS)
			start_work(l);
		break;
	case STEP_SOA:
		ask_newest(l, &l->seen.soa, zone, LDNS_RR_TYPE_SOA);
		break;
	case STEP_CSYNC:
		ask_newest(l, &l->seen.csync, zone, LDNS_RR_TYPE_CSYNC);
		break;
	case STEP_NS:
		ask_newest(l, &l->seen.ns, zone, LDNS_RR_TYPE_NS);
		break;
	case STEP_ADDRESSES:
		ask_addresses(l);
		break;
	case STEP_SOA_AGAIN:
		ask_newest(l, &l->seen.soa_again, zone, LDNS_RR_TYPE_SOA);
		break;
	case STEP_COLLECT:
	case STEP_OVER:
		break;
	}
}

static enum step next_of(const struct look *l)
{
	if (l->step == STEP_BOOTSTRAP && l->newest == NULL)
		return STEP_OVER;
	if (l->step == STEP_CSYNC && !csync_is_there(&l->seen))
		return STEP_DECIDE_NS; /* nothing, or silence */
	return l->step + 1;
}

static void advance(struct look *l)
{
	do {
		l->step = next_of(l);
		l->n_questions = 0;
		begin(l);
	} while (l->n_open == 0 && !l->is_working && l->step != STEP_OVER);
	if (l->step != STEP_OVER)
		return;
	struct look_result result = l->result;
	look_done_fn on_done = l->on_done;
	void *data = l->data;
	free_look(l);
	on_done(&result, data);
}

static void on_observed(struct observed *o, void *data)
{
	struct look *l = data;

	l->collect = NULL;
	l->observed = o;
	advance(l);
}

struct look *look_start(uv_loop_t *loop, const struct look_config *config, look_done_fn on_done, void *data)
{
	struct look *l = mem_new(sizeof(*l));

	l->loop = loop;
	l->config = *config;
	l->on_done = on_done;
	l->data = data;
	l->result.ns.outcome = FOLLOW_SILENT;
	l->collect = collect_start(loop, config->zone, config->settings, on_observed, l);
	return l;
}
