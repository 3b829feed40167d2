/*
 * What the checker of delegations makes of answers (net/dns_match.h, delegation/judge.h): one message after another,
 * for the questions in their order. It always comes to a verdict that can be told.
 */
/* SPDX-License-Identifier: MIT */
#include "delegation/judge.h"

#include "../dns_messages.h"

#include "base/json_write.h"
#include "net/ptr.h"

#define ZONE "2.0.192.in-addr.arpa"

enum { NOW_S = 1800000000 };

static const ldns_rr_type types[PROBES] = {
	[PROBE_SOA_UDP] = LDNS_RR_TYPE_SOA,
	[PROBE_SOA_TCP] = LDNS_RR_TYPE_SOA,
	[PROBE_PLAIN] = LDNS_RR_TYPE_SOA,
	[PROBE_NS] = LDNS_RR_TYPE_NS,
	[PROBE_EDNS_1] = LDNS_RR_TYPE_SOA,
	[PROBE_RECURSION] = LDNS_RR_TYPE_A,
	[PROBE_DNSKEY] = LDNS_RR_TYPE_DNSKEY,
	[PROBE_DENIAL] = LDNS_RR_TYPE_A,
	[PROBE_CDS] = LDNS_RR_TYPE_CDS,
	[PROBE_CDNSKEY] = LDNS_RR_TYPE_CDNSKEY,
};

static const char *name_of(enum probe p)
{
	return p == PROBE_RECURSION ? "www.example.com" : p == PROBE_DENIAL ? "nothing." ZONE
	                                                                    : ZONE;
}

static void look_up(const struct observed_answer *a)
{
	struct addr asked;

	if (a->packet == NULL)
		return;
	free(ptr_name_in(a->packet));
	assert(addr_parse("192.0.2.1", 0, &asked) == 0);
	(void)ptr_has_address(a->packet, &asked);
}

static void observe(struct observed *o, struct messages *m)
{
	messages_answer(m, "0.192.in-addr.arpa", LDNS_RR_TYPE_SOA, &o->parent);
	for (size_t f = 0; f < FAMILIES; f++)
		messages_answer(m, "ns2.example.net", observed_families[f], &o->lookups[1][f]);
	look_up(&o->lookups[1][0]);
	observed_add_targets(o, messages_may_ask, NULL);
	for (size_t i = 0; i < o->n_targets; i++) {
		for (enum probe p = 0; p < PROBES; p++)
			messages_answer(m, name_of(p), types[p], &o->targets[i].answers[p]);
		for (size_t f = 0; f < FAMILIES; f++)
			messages_answer(m, "ns1." ZONE, observed_families[f], &o->targets[i].inside[0][f]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct messages m = {data, size};
	struct delegation d;

	assert(delegation_init(&d, ZONE) == NULL);
	assert(delegation_add_server(&d, "ns1." ZONE "=192.0.2.1") == NULL);
	assert(delegation_add_server(&d, "ns2.example.net") == NULL);
	assert(delegation_add_ds(&d, "58123 13 2 009032907109d9751bd58c6cff94b507372611a687aa39948772e9c6a6cd6df8") ==
	       NULL);
	struct observed *o = observed_new(&d);
	observe(o, &m);
	struct verdict *v = judge(o, NULL, NOW_S);
	for (enum language l = LANGUAGE_EN; l < LANGUAGES; l++) {
		yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
		char *text = json_take(doc, verdict_json(v, l, doc));
		assert(text != NULL && text[0] == '{');
		free(text);
	}
	verdict_free(v);
	observed_free(o);
	delegation_done(&d);
	return 0;
}
