/*
 * What a zone asks its parent for (rdns/cds.h, rdns/csync.h), as its servers answer: one message after another, for
 * the questions in their order. Nothing is followed that no key of the DS has signed.
 */
/* SPDX-License-Identifier: MIT */
#include "../dns_messages.h"

#include "delegation/keys.h"
#include "rdns/cds.h"
#include "rdns/csync.h"

#define ZONE "2.0.192.in-addr.arpa"

enum {
	SERVERS = 2,
	NOW_S = 1800000000,
};

static void follow_cds(const struct observed *o, struct messages *m)
{
	struct cds_signals signals = {0};
	char name[CDS_SIGNAL_MAX];

	struct cds_decision d = cds_decide(o, 0, NOW_S);
	assert(d.outcome < FOLLOW_OUTCOMES && (d.outcome == FOLLOW_CHANGE) == (d.ds != NULL));
	bool is_led_to = false;
	for (size_t i = 0; i < o->n_targets; i++) {
		struct keys k = keys_of(&o->targets[i], o->d->ds);
		is_led_to = is_led_to || keys_are_led_to(&k, &o->targets[i], NOW_S);
		keys_done(&k);
	}
	assert(d.outcome != FOLLOW_CHANGE || is_led_to);
	for (size_t s = 0; d.outcome == FOLLOW_SIGNALS && s < o->d->n_servers; s++) {
		(void)cds_signal_name(ZONE, o->d->servers[s].name, name);
		messages_answer(m, name, LDNS_RR_TYPE_CDS, &signals.cds[s]);
		messages_answer(m, name, LDNS_RR_TYPE_CDNSKEY, &signals.cdnskey[s]);
	}
	if (d.outcome == FOLLOW_SIGNALS) {
		struct cds_decision b = cds_bootstrap(o, &signals, 0, NOW_S);
		assert(b.outcome < FOLLOW_OUTCOMES);
		cds_done(&b);
	}
	cds_signals_done(&signals);
	cds_done(&d);
}

static void follow_csync(const struct observed *o, struct messages *m)
{
	char names[DELEGATION_SERVERS_MAX][DELEGATION_NAME_MAX];
	struct csync_seen s = {0};

	messages_answer(m, ZONE, LDNS_RR_TYPE_SOA, &s.soa);
	messages_answer(m, ZONE, LDNS_RR_TYPE_CSYNC, &s.csync);
	messages_answer(m, ZONE, LDNS_RR_TYPE_NS, &s.ns);
	size_t n = csync_is_there(&s) ? csync_inside(&s, o->d, names) : 0;
	assert(n <= DELEGATION_SERVERS_MAX);
	for (size_t i = 0; i < n; i++)
		for (size_t f = 0; f < FAMILIES; f++)
			messages_answer(m, names[i], observed_families[f], &s.addresses[i][f]);
	messages_answer(m, ZONE, LDNS_RR_TYPE_SOA, &s.soa_again);
	struct csync_decision d = csync_decide(&s, o->d, &o->targets[0], 0, NOW_S);
	assert(d.outcome < FOLLOW_OUTCOMES);
	if (d.outcome == FOLLOW_CHANGE)
		assert(d.next.n_servers > 0 && d.next.n_servers <= DELEGATION_SERVERS_MAX);
	csync_done(&d);
	csync_seen_done(&s);
}

static void follow(struct messages m, const char *ds)
{
	struct delegation d;

	assert(delegation_init(&d, ZONE) == NULL);
	assert(delegation_add_server(&d, "ns1." ZONE "=192.0.2.1") == NULL);
	assert(delegation_add_server(&d, "ns2.example.net=192.0.2.2") == NULL);
	assert(ds == NULL || delegation_add_ds(&d, ds) == NULL);
	struct observed *o = observed_new(&d);
	observed_add_targets(o, messages_may_ask, NULL);
	assert(o->n_targets == SERVERS);
	for (size_t i = 0; i < SERVERS; i++) {
		messages_answer(&m, ZONE, LDNS_RR_TYPE_SOA, &o->targets[i].answers[PROBE_SOA_UDP]);
		messages_answer(&m, ZONE, LDNS_RR_TYPE_DNSKEY, &o->targets[i].answers[PROBE_DNSKEY]);
		messages_answer(&m, ZONE, LDNS_RR_TYPE_CDS, &o->targets[i].answers[PROBE_CDS]);
		messages_answer(&m, ZONE, LDNS_RR_TYPE_CDNSKEY, &o->targets[i].answers[PROBE_CDNSKEY]);
	}
	struct messages rest = m;
	follow_cds(o, &rest);
	if (ds != NULL)
		follow_csync(o, &m);
	observed_free(o);
	delegation_done(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct messages m = {data, size};

	follow(m, "58123 13 2 009032907109d9751bd58c6cff94b507372611a687aa39948772e9c6a6cd6df8");
	follow(m, NULL);
	return 0;
}
