/*
 * collect_start() asks the resolver for the names outside the zone. When those are known, start_targets()
 * asks every address the three questions that tell whether and how it answers; when an address has
 * answered them, ask_rest() asks it the others, in the way that has worked. Each question ends by
 * itself, in time, so this does too: on_answer() counts, and tells when none is left.
 */
/* SPDX-License-Identifier: MIT */
#include "delegation/collect.h"

#include "base/mem.h"
#include "base/reachable.h"
#include "net/dns_client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LABEL_RANDOM = 16,
	ABSENT_NAME_MAX = LABEL_RANDOM + 1 + DELEGATION_NAME_MAX,
};

struct asked {
	struct collect *owner;
	struct observed_answer *answer; /* where it goes */
	struct observed_target *target; /* NULL: the resolver */
	struct dns_query *query;
	struct asked *next;
};

struct collect {
	uv_loop_t *loop;
	struct observed *o;
	const struct collect_settings *settings;
	collect_progress_fn on_progress;
	collect_done_fn on_done;
	void *data;
	struct asked *open;
	size_t n_open, n_asked;
	size_t n_bytes;                         /* of all answers */
	size_t n_open_of[OBSERVED_TARGETS_MAX]; /* by target */
	bool has_rest[OBSERVED_TARGETS_MAX];    /* the second round was asked */
	bool has_retried[OBSERVED_TARGETS_MAX]; /* over TCP */
	size_t n_lookups;                       /* still open */
	uv_timer_t start;                       /* when there is nothing to look up */
	bool is_done;
};

static void start_targets(struct collect *c);
static void ask_rest(struct collect *c, struct observed_target *t);
static void retry_tcp(struct collect *c, struct observed_target *t);

static void on_start_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void end(struct collect *c)
{
	c->is_done = true;
	while (c->open != NULL) {
		struct asked *a = c->open;
		c->open = a->next;
		dns_cancel(a->query);
		free(a);
	}
	uv_close((uv_handle_t *)&c->start, on_start_closed);
}

void collect_cancel(struct collect *c)
{
	observed_free(c->o);
	end(c);
}

static void finish_if_done(struct collect *c)
{
	if (c->n_open > 0)
		return;
	struct observed *o = c->o;
	end(c);
	c->on_done(o, c->data);
}

static void forget(struct asked *a)
{
	struct asked **at = &a->owner->open;

	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	free(a);
}

static void keep(struct collect *c, const struct dns_answer *answer, struct observed_answer *ret)
{
	ret->rc = answer->rc;
	ret->packet = answer->packet;
	if (answer->packet == NULL)
		return;
	c->n_bytes += ldns_pkt_size(answer->packet);
	if (c->n_bytes > COLLECT_BYTES_MAX) {
		ldns_pkt_free(answer->packet);
		*ret = (struct observed_answer){.query = ret->query, .rc = -EMSGSIZE};
	}
}

static void on_answer(const struct dns_answer *answer, void *data)
{
	struct asked *a = data;
	struct collect *c = a->owner;
	struct observed_target *t = a->target;

	keep(c, answer, a->answer);
	if (t != NULL && a->answer == &t->answers[PROBE_SOA_TCP] && answer->rc == -ECONNRESET)
		retry_tcp(c, t);
	forget(a);
	c->n_open--;
	if (c->on_progress != NULL)
		c->on_progress(c->n_asked - c->n_open, c->n_asked, c->data);
	if (t == NULL) {
		if (--c->n_lookups == 0)
			start_targets(c);
	} else if (--c->n_open_of[t - c->o->targets] == 0) {
		ask_rest(c, t);
	}
	finish_if_done(c);
}

static const char *transport_text(const struct dns_question *q)
{
	if (q->way == DNS_TCP_ONLY)
		return ", TCP";
	if (q->no_edns)
		return ", no EDNS";
	return q->edns_version > 0 ? ", EDNS 1" : "";
}

static void ask(struct collect *c, struct observed_target *t, struct observed_answer *answer,
                const struct dns_question *q)
{
	struct asked *a = mem_new(sizeof(*a));
	char *type = ldns_rr_type2str(q->type);

	answer->query = mem_printf("%s %s%s", q->name, type, transport_text(q));
	free(type);
	*a = (struct asked){.owner = c, .answer = answer, .target = t, .next = c->open};
	c->open = a;
	c->n_open++;
	c->n_asked++;
	if (t == NULL)
		c->n_lookups++;
	else
		c->n_open_of[t - c->o->targets]++;
	a->query = dns_ask(c->loop, q, on_answer, a);
}

static bool may_ask(const struct addr *a, const void *data)
{
	const struct collect_settings *s = data;

	for (size_t i = 0; i < s->n_allowed; i++)
		if (prefix_contains(&s->allowed[i], a))
			return true;
	return addr_is_global(a);
}

static void ask_zone(struct collect *c, struct observed_target *t, enum probe probe, const struct dns_question *how)
{
	struct dns_question q = *how;

	q.server = t->addr;
	if (q.name == NULL)
		q.name = c->o->d->zone;
	q.dnssec = !q.no_edns;
	ask(c, t, &t->answers[probe], &q);
}

/** Once: a server that has as many connections as it takes closes others, and has room a moment later. */
static void retry_tcp(struct collect *c, struct observed_target *t)
{
	static const struct dns_question how = {.type = LDNS_RR_TYPE_SOA, .way = DNS_TCP_ONLY};

	if (c->has_retried[t - c->o->targets])
		return;
	c->has_retried[t - c->o->targets] = true;
	free(t->answers[PROBE_SOA_TCP].query);
	ask_zone(c, t, PROBE_SOA_TCP, &how);
}

/** The first round: whether, and how, it answers. */
static void start_targets(struct collect *c)
{
	static const struct {
		enum probe probe;
		struct dns_question how;
	} first[] = {
		{PROBE_SOA_UDP, {.type = LDNS_RR_TYPE_SOA, .way = DNS_UDP_ONLY}},
		{PROBE_SOA_TCP, {.type = LDNS_RR_TYPE_SOA, .way = DNS_TCP_ONLY}},
		{PROBE_PLAIN, {.type = LDNS_RR_TYPE_SOA, .way = DNS_UDP_ONLY, .no_edns = true}},
	};

	observed_add_targets(c->o, may_ask, c->settings);
	for (size_t i = 0; i < c->o->n_targets; i++) {
		struct observed_target *t = &c->o->targets[i];
		for (size_t k = 0; !t->is_forbidden && k < sizeof(first) / sizeof(*first); k++)
			ask_zone(c, t, first[k].probe, &first[k].how);
	}
}

/** A name in the zone that nobody has made: two look-ups of it never meet. */
static void make_absent_name(const char *zone, char out[ABSENT_NAME_MAX])
{
	char label[LABEL_RANDOM + 1];

	for (size_t i = 0; i < LABEL_RANDOM; i++)
		label[i] = (char)('a' + arc4random_uniform(26));
	label[LABEL_RANDOM] = '\0';
	(void)snprintf(out, ABSENT_NAME_MAX, "%s.%s", label, zone);
}

static void ask_inside(struct collect *c, struct observed_target *t, const struct dns_question *how)
{
	for (size_t s = 0; s < c->o->d->n_servers; s++) {
		for (size_t f = 0; c->o->d->servers[s].is_inside && f < FAMILIES; f++) {
			struct dns_question q = *how;
			q.server = t->addr;
			q.name = c->o->d->servers[s].name;
			q.type = observed_families[f];
			ask(c, t, &t->inside[s][f], &q);
		}
	}
}

/** The second round, over what has worked in the first. */
static void ask_rest(struct collect *c, struct observed_target *t)
{
	struct dns_question how = {.way = DNS_UDP_THEN_TCP};
	char absent[ABSENT_NAME_MAX];

	if (c->has_rest[t - c->o->targets] || !observed_works(t))
		return;
	c->has_rest[t - c->o->targets] = true;
	if (t->answers[PROBE_SOA_UDP].packet == NULL && t->answers[PROBE_SOA_TCP].packet != NULL)
		how.way = DNS_TCP_ONLY;
	how.no_edns = how.way == DNS_UDP_THEN_TCP && t->answers[PROBE_SOA_UDP].packet == NULL;
	make_absent_name(c->o->d->zone, absent);
	const struct {
		enum probe probe;
		const char *name;
		ldns_rr_type type;
		bool recurse;
		uint8_t edns_version;
	} rest[] = {
		{PROBE_NS, NULL, LDNS_RR_TYPE_NS, false, 0},
		{PROBE_EDNS_1, NULL, LDNS_RR_TYPE_SOA, false, 1},
		{PROBE_RECURSION, "fontaine.invalid", LDNS_RR_TYPE_A, true, 0},
		{PROBE_DNSKEY, NULL, LDNS_RR_TYPE_DNSKEY, false, 0},
		{PROBE_DENIAL, absent, LDNS_RR_TYPE_TXT, false, 0},
		{PROBE_CDS, NULL, LDNS_RR_TYPE_CDS, false, 0},
		{PROBE_CDNSKEY, NULL, LDNS_RR_TYPE_CDNSKEY, false, 0},
	};
	for (size_t i = 0; i < sizeof(rest) / sizeof(*rest); i++) {
		struct dns_question q = how;
		q.name = rest[i].name;
		q.type = rest[i].type;
		q.recurse = rest[i].recurse;
		q.edns_version = rest[i].edns_version;
		if (q.way == DNS_UDP_THEN_TCP && (q.recurse || q.edns_version > 0))
			q.way = DNS_UDP_ONLY; /* its head says enough */
		ask_zone(c, t, rest[i].probe, &q);
	}
	ask_inside(c, t, &how);
}

static void look_up(struct collect *c)
{
	const struct delegation *d = c->o->d;
	struct dns_question q = {.server = c->settings->resolver, .recurse = true, .type = LDNS_RR_TYPE_SOA};

	q.name = strchr(d->zone, '.') + 1; /* the name above: every reverse zone has one */
	ask(c, NULL, &c->o->parent, &q);
	for (size_t s = 0; s < d->n_servers; s++) {
		for (size_t f = 0; !d->servers[s].is_inside && f < FAMILIES; f++) {
			q.name = d->servers[s].name;
			q.type = observed_families[f];
			ask(c, NULL, &c->o->lookups[s][f], &q);
		}
	}
}

static void on_start(uv_timer_t *timer)
{
	struct collect *c = timer->data;

	if (c->settings->has_resolver)
		look_up(c);
	else
		start_targets(c);
	finish_if_done(c);
}

struct collect *collect_start(uv_loop_t *loop, const struct delegation *d, const struct collect_settings *settings,
                              collect_done_fn on_done, void *data)
{
	struct collect *c = mem_new(sizeof(*c));

	c->loop = loop;
	c->o = observed_new(d);
	c->settings = settings;
	c->on_done = on_done;
	c->data = data;
	(void)uv_timer_init(loop, &c->start);
	c->start.data = c;
	(void)uv_timer_start(&c->start, on_start, 0, 0);
	return c;
}

void collect_on_progress(struct collect *c, collect_progress_fn on_progress)
{
	c->on_progress = on_progress;
}
