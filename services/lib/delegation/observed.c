/* SPDX-License-Identifier: MIT */
#include "delegation/observed.h"

#include "base/mem.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const ldns_rr_type observed_families[FAMILIES] = {LDNS_RR_TYPE_A, LDNS_RR_TYPE_AAAA};

struct observed *observed_new(const struct delegation *d)
{
	struct observed *o = mem_new(sizeof(*o));

	o->d = d;
	return o;
}

void observed_answers_done(struct observed_answer *a, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(a[i].query);
		ldns_pkt_free(a[i].packet);
	}
}

void observed_free(struct observed *o)
{
	observed_answers_done(&o->parent, 1);
	observed_answers_done(o->lookups[0], sizeof(o->lookups) / sizeof(o->parent));
	for (size_t i = 0; i < o->n_targets; i++) {
		observed_answers_done(o->targets[i].answers, PROBES);
		observed_answers_done(o->targets[i].inside[0], sizeof(o->targets[i].inside) / sizeof(o->parent));
	}
	free(o);
}

/** The address that an A or AAAA record tells of. Return: whether it is one. */
static bool read_address(const ldns_rr *rr, struct addr *ret)
{
	ldns_rr_type type = ldns_rr_get_type(rr);

	if ((type != LDNS_RR_TYPE_A && type != LDNS_RR_TYPE_AAAA) || ldns_rr_rd_count(rr) != 1)
		return false;
	char *text = ldns_rdf2str(ldns_rr_rdf(rr, 0));
	bool is_address = text != NULL && addr_parse(text, 53, ret) == 0;
	free(text);
	return is_address;
}

static void add_target(struct observed *o, const struct delegation_server *server, const struct addr *a)
{
	assert(o->n_targets < OBSERVED_TARGETS_MAX);
	o->targets[o->n_targets++] = (struct observed_target){.server = server, .addr = *a};
}

static void add_looked_up(struct observed *o, const struct delegation_server *server, const struct observed_answer *a)
{
	const ldns_rr_list *list = a->packet == NULL ? NULL : ldns_pkt_answer(a->packet);
	size_t n = 0;

	for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list); i++) {
		struct addr addr;
		if (n < OBSERVED_LOOKED_UP_MAX && read_address(ldns_rr_list_rr(list, i), &addr)) {
			add_target(o, server, &addr);
			n++;
		}
	}
}

void observed_add_targets(struct observed *o, bool (*may)(const struct addr *a, const void *data), const void *data)
{
	for (unsigned s = 0; s < o->d->n_servers; s++) {
		const struct delegation_server *server = &o->d->servers[s];
		for (size_t i = 0; i < server->n_addresses; i++)
			add_target(o, server, &server->addresses[i]);
		for (size_t f = 0; server->n_addresses == 0 && f < FAMILIES; f++)
			add_looked_up(o, server, &o->lookups[s][f]);
	}
	for (size_t i = 0; i < o->n_targets; i++)
		o->targets[i].is_forbidden = !may(&o->targets[i].addr, data);
}

bool observed_works(const struct observed_target *t)
{
	for (enum probe p = PROBE_SOA_UDP; p <= PROBE_PLAIN; p++)
		if (t->answers[p].packet != NULL)
			return true;
	return false;
}

const struct observed_answer *observed_soa(const struct observed_target *t)
{
	const struct observed_answer *best = NULL;

	for (enum probe p = PROBE_SOA_UDP; p <= PROBE_PLAIN; p++) {
		const struct observed_answer *a = &t->answers[p];
		if (a->packet == NULL || ldns_pkt_tc(a->packet))
			continue;
		ldns_pkt_rcode rcode = ldns_pkt_get_rcode(a->packet);
		if (rcode != LDNS_RCODE_FORMERR && rcode != LDNS_RCODE_NOTIMPL)
			return a;
		if (best == NULL)
			best = a;
	}
	return best;
}

bool observed_has_authority(const struct observed_answer *a)
{
	return a != NULL && a->packet != NULL && ldns_pkt_get_rcode(a->packet) == LDNS_RCODE_NOERROR &&
	       ldns_pkt_aa(a->packet);
}

ldns_rr_list *observed_records(const struct observed_answer *a, ldns_rr_type type)
{
	if (a == NULL || a->packet == NULL || ldns_pkt_qdcount(a->packet) != 1)
		return NULL;
	const ldns_rr *asked = ldns_rr_list_rr(ldns_pkt_question(a->packet), 0);
	return ldns_pkt_rr_list_by_name_and_type(a->packet, ldns_rr_owner(asked), type, LDNS_SECTION_ANSWER);
}

const char *observed_name(const ldns_rdf *name, char out[DELEGATION_NAME_MAX])
{
	char *text = ldns_rdf2str(name);
	size_t len = text == NULL ? 0 : strlen(text);

	if (len > 1 && text[len - 1] == '.')
		len--;
	if (len >= DELEGATION_NAME_MAX)
		len = DELEGATION_NAME_MAX - 1;
	for (size_t i = 0; i < len; i++)
		out[i] = (char)tolower((unsigned char)text[i]);
	out[len] = '\0';
	free(text);
	return out;
}

bool observed_has_address(const struct observed_answer *answer, const struct addr *a)
{
	const ldns_rr_list *list = answer->packet == NULL ? NULL : ldns_pkt_answer(answer->packet);

	for (size_t i = 0; list != NULL && i < ldns_rr_list_rr_count(list); i++) {
		struct addr one;
		if (read_address(ldns_rr_list_rr(list, i), &one) && addr_equal(&one, a))
			return true;
	}
	return false;
}
