/* Both lists are sorted, then walked side by side. */
/* SPDX-License-Identifier: MIT */
#include "rdns/difference.h"

static void put_in_order(ldns_rr_list *list)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
		ldns_rr2canonical(ldns_rr_list_rr(list, i));
	ldns_rr_list_sort(list);
}

static bool is_servers_own(const ldns_rr *rr)
{
	static const ldns_rr_type types[] = {
		LDNS_RR_TYPE_SOA,
		LDNS_RR_TYPE_RRSIG,
		LDNS_RR_TYPE_NSEC,
		LDNS_RR_TYPE_NSEC3,
		LDNS_RR_TYPE_CDS,
		LDNS_RR_TYPE_CDNSKEY,
		LDNS_RR_TYPE_DNSKEY,
		LDNS_RR_TYPE_NSEC3PARAM,
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (ldns_rr_get_type(rr) == types[i])
			return true;
	return false;
}

static bool is_same_name(const ldns_rr *a, const ldns_rr *b)
{
	return ldns_dname_compare(ldns_rr_owner(a), ldns_rr_owner(b)) == 0;
}

static bool is_same_set(const ldns_rr *a, const ldns_rr *b)
{
	return is_same_name(a, b) && ldns_rr_get_type(a) == ldns_rr_get_type(b);
}

/** "Delete an RR from an RRset" (RFC 2136, 2.5.4). */
static void push_deletion(ldns_rr_list *out, const ldns_rr *rr)
{
	ldns_rr *gone = ldns_rr_clone(rr);

	ldns_rr_set_class(gone, LDNS_RR_CLASS_NONE);
	ldns_rr_set_ttl(gone, 0);
	(void)ldns_rr_list_push_rr(out, gone);
}

/** "Delete an RRset" (RFC 2136, 2.5.2). */
static void push_set_deletion(ldns_rr_list *out, const ldns_rr *rr)
{
	ldns_rr *gone = ldns_rr_new();

	ldns_rr_set_owner(gone, ldns_rdf_clone(ldns_rr_owner(rr)));
	ldns_rr_set_type(gone, ldns_rr_get_type(rr));
	ldns_rr_set_class(gone, LDNS_RR_CLASS_ANY);
	ldns_rr_set_ttl(gone, 0);
	(void)ldns_rr_list_push_rr(out, gone);
}

/** Two sorted lists as one: which records of a name there are, and on which side. */
struct pair {
	const ldns_rr_list *a, *b;
	size_t i, j;
};

struct both {
	const ldns_rr *a, *b; /* the same record; or NULL where a side has none */
};

static bool next_record(struct pair *p, struct both *ret)
{
	const ldns_rr *a = ldns_rr_list_rr(p->a, p->i), *b = ldns_rr_list_rr(p->b, p->j);
	int order = b == NULL ? -1 : 1;

	if (a != NULL && b != NULL)
		order = ldns_rr_compare(a, b);
	*ret = (struct both){.a = order <= 0 ? a : NULL, .b = order >= 0 ? b : NULL};
	p->i += ret->a != NULL;
	p->j += ret->b != NULL;
	return a != NULL || b != NULL;
}

/** What is said of one name, on its way to the list of all. */
struct name {
	const ldns_rr *last;
	ldns_rr_list *deletions, *additions;
};

static void name_init(struct name *n)
{
	*n = (struct name){.deletions = ldns_rr_list_new(), .additions = ldns_rr_list_new()};
}

/**
 * Begin with the name of @rr, unless it is the same. An alias takes the place of another without its deletion
 * (RFC 2136, 3.4.2.2); with it, Knot 3.4 takes the same alias for known, and deletes it.
 */
static void name_begin(struct name *n, const ldns_rr *rr, ldns_rr_list *out)
{
	if (n->last != NULL && rr != NULL && is_same_name(n->last, rr))
		return;
	bool is_alias = ldns_rr_list_type(n->additions) == LDNS_RR_TYPE_CNAME;
	for (size_t i = 0; i < ldns_rr_list_rr_count(n->deletions); i++) {
		ldns_rr *gone = ldns_rr_list_rr(n->deletions, i);
		if (is_alias && ldns_rr_get_type(gone) == LDNS_RR_TYPE_CNAME)
			ldns_rr_free(gone);
		else
			(void)ldns_rr_list_push_rr(out, gone);
	}
	(void)ldns_rr_list_push_rr_list(out, n->additions);
	ldns_rr_list_set_rr_count(n->deletions, 0);
	ldns_rr_list_set_rr_count(n->additions, 0);
}

static void name_done(struct name *n, ldns_rr_list *out)
{
	name_begin(n, NULL, out);
	ldns_rr_list_free(n->deletions);
	ldns_rr_list_free(n->additions);
}

static const ldns_rr *of_either(const struct both *r)
{
	return r->a != NULL ? r->a : r->b;
}

size_t difference_of(ldns_rr_list *served, ldns_rr_list *wanted, ldns_rr_list *out)
{
	struct pair p = {.a = served, .b = wanted};
	struct name name;
	struct both r;
	size_t n = 0;

	name_init(&name);
	put_in_order(served);
	put_in_order(wanted);
	while (next_record(&p, &r)) {
		name_begin(&name, of_either(&r), out);
		name.last = of_either(&r);
		bool is_right = r.a != NULL && r.b != NULL && ldns_rr_ttl(r.a) == ldns_rr_ttl(r.b);
		if (is_right || is_servers_own(name.last))
			continue;
		n++;
		if (r.a != NULL)
			push_deletion(name.deletions, r.a);
		if (r.b != NULL)
			(void)ldns_rr_list_push_rr(name.additions, ldns_rr_clone(r.b));
	}
	name_done(&name, out);
	return n;
}

void difference_replace(ldns_rr_list *before, ldns_rr_list *after, ldns_rr_list *out)
{
	struct pair p = {.a = before, .b = after};
	struct name name;
	struct both r;

	name_init(&name);
	put_in_order(before);
	put_in_order(after);
	while (next_record(&p, &r)) {
		const ldns_rr *rr = of_either(&r);
		name_begin(&name, rr, out);
		if (name.last == NULL || !is_same_set(name.last, rr))
			push_set_deletion(name.deletions, rr);
		name.last = rr;
		if (r.b != NULL)
			(void)ldns_rr_list_push_rr(name.additions, ldns_rr_clone(r.b));
	}
	name_done(&name, out);
}

void difference_leave_alone(ldns_rr_list *updates, ldns_rr_list *others)
{
	size_t kept = 0, j = 0;

	put_in_order(others);
	for (size_t i = 0; i < ldns_rr_list_rr_count(updates); i++) {
		ldns_rr *rr = ldns_rr_list_rr(updates, i);
		int order = 1;
		while (j < ldns_rr_list_rr_count(others) &&
		       (order = ldns_dname_compare(ldns_rr_owner(ldns_rr_list_rr(others, j)), ldns_rr_owner(rr))) < 0)
			j++;
		if (j < ldns_rr_list_rr_count(others) && order == 0)
			ldns_rr_free(rr);
		else
			(void)ldns_rr_list_set_rr(updates, rr, kept++);
	}
	ldns_rr_list_set_rr_count(updates, kept);
}

static bool is_deletion(const ldns_rr *rr)
{
	return ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN;
}

static bool is_alias(const ldns_rr *rr)
{
	return ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME;
}

void difference_clear(const ldns_rr_list *updates, ldns_rr_list *out)
{
	size_t count = ldns_rr_list_rr_count(updates), begin = 0;

	for (size_t i = 0; i < count; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(updates, i);
		if (!is_same_name(rr, ldns_rr_list_rr(updates, begin)))
			begin = i;
		bool is_first_addition = !is_deletion(rr) && i > begin && is_deletion(ldns_rr_list_rr(updates, i - 1));
		for (size_t j = begin; is_first_addition && j < i; j++) {
			const ldns_rr *gone = ldns_rr_list_rr(updates, j);
			if (is_alias(gone) != is_alias(rr))
				(void)ldns_rr_list_push_rr(out, ldns_rr_clone(gone));
		}
	}
}

size_t difference_part(const ldns_rr_list *updates, size_t from, size_t max_bytes)
{
	size_t count = ldns_rr_list_rr_count(updates), bytes = 0, end = from;

	for (size_t i = from; i < count; i++) {
		const ldns_rr *rr = ldns_rr_list_rr(updates, i);
		if (i > from && !is_same_name(rr, ldns_rr_list_rr(updates, i - 1)))
			end = i;
		bytes += ldns_rr_uncompressed_size(rr);
		if (bytes > max_bytes && end > from)
			return end - from;
	}
	return count - from;
}
