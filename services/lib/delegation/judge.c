/* The judgement's order, and what is said of the servers themselves: whether and how they answer. */
/* SPDX-License-Identifier: MIT */
#include "delegation/judge.h"

#include <stdio.h>
#include <string.h>

enum { BADVERS_HIGH = 1 }; /* the upper bits of 16 (RFC 6891, 6.1.3) */

static bool any_works(const struct observed *o)
{
	for (size_t i = 0; i < o->n_targets; i++)
		if (observed_works(&o->targets[i]))
			return true;
	return false;
}

/** Whether @t was asked and did not answer @probe. */
static bool is_silent(const struct observed_target *t, enum probe probe)
{
	return t->answers[probe].query != NULL && t->answers[probe].packet == NULL;
}

static void judge_addresses(struct verdict *v, const struct observed *o)
{
	for (size_t i = 0; i < o->n_targets; i++)
		if (o->targets[i].is_forbidden)
			verdict_see(v, PROBLEM_NOT_GLOBAL, &o->targets[i], NULL, NULL);
	for (size_t s = 0; s < o->d->n_servers; s++) {
		const struct delegation_server *server = &o->d->servers[s];
		bool has_one = server->is_inside; /* that would be glue */
		for (size_t i = 0; i < o->n_targets; i++)
			has_one = has_one || o->targets[i].server == server;
		if (!has_one)
			verdict_see_name(v, PROBLEM_NO_ADDRESS, server->name, &o->lookups[s][0], NULL);
	}
}

/** Silence over UDP may be EDNS's fault, which is another problem. */
static void judge_transports(struct verdict *v, const struct observed *o)
{
	for (size_t i = 0; i < o->n_targets; i++) {
		const struct observed_target *t = &o->targets[i];
		if (is_silent(t, PROBE_SOA_UDP) && is_silent(t, PROBE_PLAIN))
			verdict_see(v, PROBLEM_NO_UDP, t, &t->answers[PROBE_SOA_UDP], NULL);
		if (is_silent(t, PROBE_SOA_TCP))
			verdict_see(v, PROBLEM_NO_TCP, t, &t->answers[PROBE_SOA_TCP], NULL);
		for (enum probe p = PROBE_SOA_UDP; !any_works(o) && p <= PROBE_SOA_TCP; p++)
			if (is_silent(t, p))
				verdict_see(v, PROBLEM_NO_SERVER, t, &t->answers[p], NULL);
	}
}

/** An answer over UDP without EDNS, or with a complaint: RFC 6891, 7. */
static bool judge_edns(struct verdict *v, const struct observed_target *t)
{
	const struct observed_answer *a = &t->answers[PROBE_SOA_UDP];
	bool is_dropped = is_silent(t, PROBE_SOA_UDP) && t->answers[PROBE_PLAIN].packet != NULL;

	if (!is_dropped && (a->packet == NULL || ldns_pkt_edns(a->packet)))
		return true;
	verdict_see(v, PROBLEM_NO_EDNS, t, a, is_dropped ? NULL : "no OPT");
	return false;
}

static void judge_edns_version(struct verdict *v, const struct observed_target *t)
{
	const struct observed_answer *a = &t->answers[PROBE_EDNS_1];

	if (a->query == NULL)
		return;
	if (a->packet == NULL || ldns_pkt_edns_extended_rcode(a->packet) != BADVERS_HIGH)
		verdict_see(v, PROBLEM_EDNS_VERSION, t, a, NULL);
}

/** It offers recursion (RA), and has tried or found something. */
static void judge_recursion(struct verdict *v, const struct observed_target *t)
{
	const struct observed_answer *a = &t->answers[PROBE_RECURSION];

	if (a->packet == NULL || !ldns_pkt_ra(a->packet))
		return;
	ldns_pkt_rcode rcode = ldns_pkt_get_rcode(a->packet);
	if (rcode == LDNS_RCODE_NXDOMAIN || rcode == LDNS_RCODE_SERVFAIL || ldns_pkt_ancount(a->packet) > 0)
		verdict_see(v, PROBLEM_RECURSOR, t, a, NULL);
}

void judge_servers(struct verdict *v, const struct observed *o)
{
	judge_addresses(v, o);
	judge_transports(v, o);
	if (!any_works(o)) /* also when there was none to ask */
		(void)verdict_find(v, PROBLEM_NO_SERVER);
	for (size_t i = 0; i < o->n_targets; i++) {
		const struct observed_target *t = &o->targets[i];
		if (judge_edns(v, t))
			judge_edns_version(v, t);
		judge_recursion(v, t);
	}
}

/** What nobody could answer was not tested. */
static void note_untested(struct verdict *v, const struct observed *o)
{
	static const enum check_id of_answers[] = {CHECK_UDP, CHECK_TCP};
	static const enum check_id of_working[] = {
		CHECK_AUTHORITY,
		CHECK_SOA,
		CHECK_NS_CHILD,
		CHECK_SERIAL,
		CHECK_NS_SAME,
		CHECK_RECURSION,
		CHECK_EDNS,
		CHECK_EDNS_VERSION,
		CHECK_DS,
		CHECK_DNSKEY,
		CHECK_SOA_SIGNED,
		CHECK_DENIAL,
		CHECK_DS_UNSIGNED,
		CHECK_CDS,
	};
	bool was_asked = false;

	for (size_t i = 0; i < o->n_targets; i++)
		was_asked = was_asked || !o->targets[i].is_forbidden;
	for (size_t i = 0; !was_asked && i < sizeof(of_answers) / sizeof(*of_answers); i++)
		verdict_untested(v, of_answers[i], UNTESTED_NO_SERVER);
	for (size_t i = 0; !any_works(o) && i < sizeof(of_working) / sizeof(*of_working); i++)
		verdict_untested(v, of_working[i], UNTESTED_NO_SERVER);
}

struct verdict *judge(const struct observed *o, const struct prefix_table *origins, time_t now)
{
	struct verdict *v = verdict_new(o->d->zone);

	judge_servers(v, o);
	judge_networks(v, o, origins);
	judge_zone(v, o);
	if (any_works(o))
		judge_dnssec(v, o, now);
	note_untested(v, o);
	return v;
}
