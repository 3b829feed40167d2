/* SPDX-License-Identifier: MIT */
#include "rdns/plan.h"

#include <string.h>
#include <strings.h>

enum { WHOLE_ADDRESS = 128 }; /* prefix_of() cuts it to what the family has */

/** The form that @name, of the zone of @p, is written in. */
static enum reverse_form form_of(const struct prefix *p, const char *name)
{
	size_t len = strlen(name);
	char text[REVERSE_NAME_MAX];

	if (len > 0 && name[len - 1] == '.')
		len--;
	for (enum reverse_form f = REVERSE_RANGE; f < REVERSE_FORMS; f++)
		if (strlen(reverse_name(p, f, text)) == len && strncasecmp(text, name, len) == 0)
			return f;
	return REVERSE_RANGE;
}

enum refusal plan_parse(const char *text, struct prefix *ret, enum reverse_form *ret_form)
{
	struct prefix p;

	if (prefix_parse(text, &p) == 0)
		*ret_form = REVERSE_RANGE;
	else if (reverse_parse(text, &p) == 0)
		*ret_form = form_of(&p, text);
	else
		return REFUSAL_NO_PREFIX;
	*ret = p;
	return REFUSAL_NONE;
}

/** Whose @p is, if @c's asker may change what it has. */
static enum refusal find_owner(const struct plan_context *c, const struct prefix *p, uint32_t *ret_asn)
{
	const struct who *who = c->who;
	enum refusal r = rights_refuse(who, ACTION_CHANGE, who->asn); /* nobody, and members that vanished */
	if (r != REFUSAL_NONE)
		return r;

	const struct assignment *a = assignments_find(c->assignments, p);
	if (a == NULL)
		return who->role == ROLE_OPERATOR ? REFUSAL_UNASSIGNED : REFUSAL_NOT_YOURS;
	*ret_asn = a->asn;
	return rights_refuse(who, ACTION_CHANGE, a->asn);
}

/** Whether all zones of @p, which is in none of ours, are ours. */
static bool are_ours(const struct plan_context *c, const struct prefix *p)
{
	for (unsigned i = 0; i < reverse_zones(p); i++) {
		struct prefix zone = reverse_zone(p, i);
		if (allocations_find(c->allocations, &zone) == NULL)
			return false;
	}
	return true;
}

static enum refusal find_parent(const struct plan_context *c, const struct prefix *p, struct prefix *ret)
{
	const struct prefix *zone = allocations_find(c->allocations, p);

	if (zone == NULL)
		return are_ours(c, p) ? REFUSAL_APEX : REFUSAL_OUTSIDE;
	if (zone->len == p->len)
		return REFUSAL_APEX;
	*ret = *zone;
	return REFUSAL_NONE;
}

/** How what is there is in the way of what is asked for: a PTR or a delegation, both of one member. */
static enum refusal clash_of(bool is_ptr, bool wants_ptr)
{
	if (is_ptr)
		return REFUSAL_PTRS;
	return wants_ptr ? REFUSAL_DELEGATED : REFUSAL_OVERLAP;
}

/** Whether @asn may set up something at @p beside what is there; the same at the same place is replaced. */
static enum refusal find_clash(const struct plan_context *c, const struct prefix *p, uint32_t asn, bool wants_ptr,
                               bool *ret_there)
{
	enum refusal r = REFUSAL_NONE;

	for (size_t i = 0; i < c->n_delegations + c->n_ptrs; i++) {
		bool is_ptr = i >= c->n_delegations;
		const struct present *there = is_ptr ? &c->ptrs[i - c->n_delegations] : &c->delegations[i];
		if (!prefix_overlaps(&there->prefix, p))
			continue;
		if (there->asn != asn)
			return REFUSAL_FORMER;
		if (is_ptr == wants_ptr && prefix_compare(&there->prefix, p) == 0)
			*ret_there = true;
		else if (r == REFUSAL_NONE)
			r = clash_of(is_ptr, wants_ptr);
	}
	return r;
}

enum refusal plan_delegation(const struct plan_context *c, const struct prefix *prefix, enum reverse_form form,
                             struct plan *ret)
{
	struct plan plan = {.prefix = *prefix, .form = form, .n_zones = reverse_zones(prefix)};

	enum refusal r = find_owner(c, prefix, &plan.asn);
	if (r == REFUSAL_NONE)
		r = find_parent(c, prefix, &plan.parent);
	if (r == REFUSAL_NONE)
		r = find_clash(c, prefix, plan.asn, false, &plan.is_there);
	if (r == REFUSAL_NONE)
		*ret = plan;
	return r;
}

enum refusal plan_ptr(const struct plan_context *c, const char *text, struct plan_ptr *ret)
{
	struct plan_ptr plan = {0};
	struct addr a;

	if (addr_parse(text, 0, &a) < 0)
		return REFUSAL_NO_ADDRESS;
	plan.address = prefix_of(&a, WHOLE_ADDRESS);
	enum refusal r = find_owner(c, &plan.address, &plan.asn);
	if (r != REFUSAL_NONE)
		return r;
	const struct prefix *zone = allocations_find(c->allocations, &plan.address);
	if (zone == NULL)
		return REFUSAL_OUTSIDE;
	plan.parent = *zone;
	r = find_clash(c, &plan.address, plan.asn, true, &plan.is_there);
	if (r != REFUSAL_NONE)
		return r;
	(void)reverse_name(&plan.address, REVERSE_RANGE, plan.name);
	*ret = plan;
	return REFUSAL_NONE;
}
