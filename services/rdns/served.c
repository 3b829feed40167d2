/* SPDX-License-Identifier: MIT */
#include "rdns/served.h"

/** There is one such record of each name and type. */
static bool is_question(const ldns_rr *rr)
{
	return ldns_rr_get_class(rr) == LDNS_RR_CLASS_ANY ||
	       (ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN && ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME);
}

size_t served_questions(const ldns_rr_list *updates, const ldns_rr *ret[SERVED_QUESTIONS_MAX])
{
	size_t n_sets = 0, seen = 0, n = 0;

	for (size_t i = 0; i < ldns_rr_list_rr_count(updates); i++)
		n_sets += is_question(ldns_rr_list_rr(updates, i)) ? 1 : 0;
	size_t wanted = n_sets < SERVED_QUESTIONS_MAX ? n_sets : SERVED_QUESTIONS_MAX;
	for (size_t i = 0; n < wanted; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(updates, i);
		if (!is_question(rr))
			continue;
		seen++;
		if (seen * wanted / n_sets > n)
			ret[n++] = rr;
	}
	return n;
}

static bool is_asked(const ldns_rr *rr, const ldns_rr *question)
{
	return ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN && ldns_rr_get_type(rr) == ldns_rr_get_type(question) &&
	       ldns_dname_compare(ldns_rr_owner(rr), ldns_rr_owner(question)) == 0;
}

/** The records of @list that are asked for, as copies in canonical form. */
static void collect(ldns_rr_list *out, const ldns_rr_list *list, const ldns_rr *question)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		if (!is_asked(rr, question))
			continue;
		ldns_rr *copy = ldns_rr_clone(rr);
		ldns_rr2canonical(copy);
		(void)ldns_rr_list_push_rr(out, copy);
	}
}

static bool is_same(ldns_rr_list *a, ldns_rr_list *b)
{
	size_t count = ldns_rr_list_rr_count(a);

	ldns_rr_list_sort(a);
	ldns_rr_list_sort(b);
	if (count != ldns_rr_list_rr_count(b))
		return false;
	for (size_t i = 0; i < count; i++)
		if (ldns_rr_compare(ldns_rr_list_rr(a, i), ldns_rr_list_rr(b, i)) != 0 ||
		    ldns_rr_ttl(ldns_rr_list_rr(a, i)) != ldns_rr_ttl(ldns_rr_list_rr(b, i)))
			return false;
	return true;
}

bool served_has(const ldns_pkt *answer, const ldns_rr *question, const ldns_rr_list *updates)
{
	ldns_pkt_rcode rcode = ldns_pkt_get_rcode(answer);

	if (rcode != LDNS_RCODE_NOERROR && rcode != LDNS_RCODE_NXDOMAIN)
		return false;
	ldns_rr_list *served = ldns_rr_list_new(), *wanted = ldns_rr_list_new();
	collect(served, ldns_pkt_answer(answer), question);
	collect(served, ldns_pkt_authority(answer), question);
	collect(served, ldns_pkt_additional(answer), question);
	collect(wanted, updates, question);
	bool has = is_same(served, wanted);
	ldns_rr_list_deep_free(served);
	ldns_rr_list_deep_free(wanted);
	return has;
}
