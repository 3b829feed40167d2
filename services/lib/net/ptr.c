/* SPDX-License-Identifier: MIT */
#include "net/ptr.h"

#include "base/mem.h"
#include "base/reverse.h"
#include "net/dns_client.h"

#include <stdlib.h>
#include <string.h>

struct look_up {
	struct dns_question question;
	struct addr about;
	struct dns_query *query; /* under way until the limit is closed */
	uv_timer_t limit;
	char *name; /* NULL: not found */
	ptr_done on_done;
	void *data;
};

/* The record's data of @a's own type. */
static ldns_rdf *address_rdf(const struct addr *a)
{
	return addr_family(a) == AF_INET ? ldns_rdf_new_frm_data(LDNS_RDF_TYPE_A, 4, &a->in.sin_addr)
	                                 : ldns_rdf_new_frm_data(LDNS_RDF_TYPE_AAAA, 16, &a->in6.sin6_addr);
}

static ldns_rr_type address_type(const struct addr *a)
{
	return addr_family(a) == AF_INET ? LDNS_RR_TYPE_A : LDNS_RR_TYPE_AAAA;
}

/* The next record of @type in @answer from @at on, whose owner may be another one's alias (RFC 2317). */
static const ldns_rr *next_of(const ldns_pkt *answer, ldns_rr_type type, size_t *at)
{
	const ldns_rr_list *list = ldns_pkt_answer(answer);

	while (*at < ldns_rr_list_rr_count(list)) {
		const ldns_rr *rr = ldns_rr_list_rr(list, (*at)++);
		if (ldns_rr_get_type(rr) == type && ldns_rr_rd_count(rr) == 1)
			return rr;
	}
	return NULL;
}

char *ptr_name_in(const ldns_pkt *answer)
{
	size_t at = 0;
	const ldns_rr *rr = next_of(answer, LDNS_RR_TYPE_PTR, &at);

	return rr != NULL ? ldns_rdf2str(ldns_rr_rdf(rr, 0)) : NULL;
}

bool ptr_has_address(const ldns_pkt *answer, const struct addr *a)
{
	ldns_rdf *address = address_rdf(a);
	const ldns_rr *rr;
	bool found = false;
	size_t at = 0;

	while (!found && (rr = next_of(answer, address_type(a), &at)) != NULL)
		found = ldns_rdf_compare(ldns_rr_rdf(rr, 0), address) == 0;
	ldns_rdf_deep_free(address);
	return found;
}

static void on_limit_closed(uv_handle_t *limit)
{
	struct look_up *l = limit->data;

	free(l->name);
	free(l);
}

static void finish(struct look_up *l, enum ptr_outcome outcome)
{
	size_t len = l->name != NULL ? strlen(l->name) : 0;

	if (len > 1)
		l->name[len - 1] = '\0'; /* its last dot */
	uv_close((uv_handle_t *)&l->limit, on_limit_closed);
	l->on_done(l->data, outcome, l->name);
}

static void on_limit(uv_timer_t *limit)
{
	struct look_up *l = limit->data;

	dns_cancel(l->query);
	finish(l, l->name != NULL ? PTR_UNCHECKED : PTR_UNKNOWN);
}

/* Whether @a is an answer, of a resolver that has not failed. */
static bool is_answer(const struct dns_answer *a)
{
	if (a->rc < 0)
		return false;
	ldns_pkt_rcode rcode = ldns_pkt_get_rcode(a->packet);
	return rcode == LDNS_RCODE_NOERROR || rcode == LDNS_RCODE_NXDOMAIN;
}

static void on_address(const struct dns_answer *a, void *data)
{
	struct look_up *l = data;

	if (!is_answer(a))
		finish(l, PTR_UNCHECKED);
	else
		finish(l, ptr_has_address(a->packet, &l->about) ? PTR_CONFIRMED : PTR_UNCONFIRMED);
	ldns_pkt_free(a->packet);
}

/* Ask whether the name leads back. */
static void ask_address(struct look_up *l)
{
	l->question.name = l->name;
	l->question.type = address_type(&l->about);
	l->query = dns_ask(l->limit.loop, &l->question, on_address, l);
}

static void on_name(const struct dns_answer *a, void *data)
{
	struct look_up *l = data;
	bool has_answer = is_answer(a);

	if (has_answer)
		l->name = ptr_name_in(a->packet);
	ldns_pkt_free(a->packet);
	if (l->name == NULL) {
		finish(l, has_answer ? PTR_NONE : PTR_UNKNOWN);
		return;
	}
	ask_address(l);
}

static struct look_up *look_up_new(uv_loop_t *loop, const struct addr *a, ptr_done on_done, void *data)
{
	struct look_up *l = mem_new(sizeof(*l));

	*l = (struct look_up){.about = *a, .on_done = on_done, .data = data};
	l->limit.data = l;
	(void)uv_timer_init(loop, &l->limit);
	(void)uv_timer_start(&l->limit, on_limit, PTR_LIMIT_MS, 0);
	return l;
}

void ptr_look_up(uv_loop_t *loop, const struct addr *resolver, const struct addr *a, ptr_done on_done, void *data)
{
	struct look_up *l = look_up_new(loop, a, on_done, data);
	struct prefix whole = prefix_of(a, 128);
	char name[REVERSE_NAME_MAX];

	l->question = (struct dns_question){.server = *resolver,
	                                    .name = reverse_name(&whole, REVERSE_RANGE, name),
	                                    .type = LDNS_RR_TYPE_PTR,
	                                    .recurse = true};
	l->query = dns_ask(loop, &l->question, on_name, l);
}

void ptr_confirm(uv_loop_t *loop, const struct ptr_claim *claim, ptr_done on_done, void *data)
{
	struct look_up *l = look_up_new(loop, &claim->address, on_done, data);

	l->name = mem_printf("%s.", claim->name);
	l->question = (struct dns_question){.server = claim->resolver, .recurse = true};
	ask_address(l);
}
