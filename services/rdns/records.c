/* SPDX-License-Identifier: MIT */
#include "rdns/records.h"

#include "base/mem.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CLASSLESS_FROM = 24,
	OWNER_MAX = DELEGATION_NAME_MAX + sizeof("4294967295."),
};

/** Append "@owner TTL IN @type @data", where @data is a name. Return: 0, or -EINVAL when one of the names is none. */
static int add_name(ldns_rr_list *list, const char *owner, ldns_rr_type type, const char *data)
{
	ldns_rdf *from = ldns_dname_new_frm_str(owner), *to = ldns_dname_new_frm_str(data);

	if (from == NULL || to == NULL) {
		ldns_rdf_deep_free(from);
		ldns_rdf_deep_free(to);
		return -EINVAL;
	}
	ldns_rr *rr = ldns_rr_new();
	ldns_rr_set_owner(rr, from);
	ldns_rr_set_type(rr, type);
	ldns_rr_set_ttl(rr, RECORDS_TTL_S);
	(void)ldns_rr_push_rdf(rr, to);
	(void)ldns_rr_list_push_rr(list, rr);
	return 0;
}

static void add_address(ldns_rr_list *list, const char *owner, const struct addr *a)
{
	bool is_ipv4 = addr_family(a) == AF_INET;
	ldns_rr *rr = ldns_rr_new();

	ldns_rr_set_owner(rr, ldns_dname_new_frm_str(owner));
	ldns_rr_set_type(rr, is_ipv4 ? LDNS_RR_TYPE_A : LDNS_RR_TYPE_AAAA);
	ldns_rr_set_ttl(rr, RECORDS_TTL_S);
	(void)ldns_rr_push_rdf(rr, is_ipv4 ? ldns_rdf_new_frm_data(LDNS_RDF_TYPE_A, 4, &a->in.sin_addr)
	                                   : ldns_rdf_new_frm_data(LDNS_RDF_TYPE_AAAA, 16, &a->in6.sin6_addr));
	(void)ldns_rr_list_push_rr(list, rr);
}

static bool is_classless(const struct prefix *p)
{
	return addr_family(&p->addr) == AF_INET && p->len > CLASSLESS_FROM && p->len < 32;
}

static int add_aliases(ldns_rr_list *list, const struct delegation *d)
{
	const char *parent = strchr(d->zone, '.') + 1;
	unsigned first = ntohl(d->prefix.addr.in.sin_addr.s_addr) & 0xff;
	unsigned count = 1u << (32 - d->prefix.len);

	for (unsigned i = first; i < first + count; i++) {
		char owner[OWNER_MAX], target[OWNER_MAX];
		(void)snprintf(owner, sizeof(owner), "%u.%s", i, parent);
		(void)snprintf(target, sizeof(target), "%u.%s", i, d->zone);
		if (add_name(list, owner, LDNS_RR_TYPE_CNAME, target) < 0)
			return -EINVAL;
	}
	return 0;
}

int records_add_delegation(ldns_rr_list *list, const struct delegation *d, const char *origin)
{
	size_t had = ldns_rr_list_rr_count(list);
	int rc = delegation_is_below(d->zone, origin) && strcmp(d->zone, origin) != 0 ? 0 : -EINVAL;

	for (size_t i = 0; rc == 0 && i < d->n_servers; i++) {
		const struct delegation_server *s = &d->servers[i];
		rc = add_name(list, d->zone, LDNS_RR_TYPE_NS, s->name);
		for (size_t j = 0; rc == 0 && s->is_inside && j < s->n_addresses; j++)
			add_address(list, s->name, &s->addresses[j]);
	}
	if (rc == 0 && is_classless(&d->prefix))
		rc = add_aliases(list, d);
	for (size_t i = 0; rc == 0 && i < ldns_rr_list_rr_count(d->ds); i++) {
		ldns_rr *ds = ldns_rr_clone(ldns_rr_list_rr(d->ds, i));
		ldns_rr_set_ttl(ds, RECORDS_TTL_S);
		(void)ldns_rr_list_push_rr(list, ds);
	}
	while (rc < 0 && ldns_rr_list_rr_count(list) > had)
		ldns_rr_free(ldns_rr_list_pop_rr(list));
	return rc;
}

int records_add_ptr(ldns_rr_list *list, const struct addr *a, const char *name, const char *origin)
{
	struct prefix own = prefix_of(a, 128), zone;
	char owner[OWNER_MAX];

	if (reverse_parse(origin, &zone) < 0 || !prefix_contains(&zone, a))
		return -EINVAL;
	if (is_classless(&zone))
		(void)snprintf(owner, sizeof(owner), "%u.%s", ntohl(a->in.sin_addr.s_addr) & 0xff, origin);
	else
		(void)reverse_name(&own, REVERSE_RANGE, owner);
	return add_name(list, owner, LDNS_RR_TYPE_PTR, name);
}
