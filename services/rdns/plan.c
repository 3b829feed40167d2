/* SPDX-License-Identifier: MIT */
#include "rdns/plan.h"

#include "base/reverse.h"

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

enum refusal plan_delegation(const struct plan_context *c, const struct prefix *prefix, uint32_t *ret_asn)
{
	enum refusal r = find_owner(c, prefix, ret_asn);
	if (r != REFUSAL_NONE)
		return r;
	const struct prefix *zone = allocations_find(c->allocations, prefix);
	if (zone == NULL)
		return are_ours(c, prefix) ? REFUSAL_APEX : REFUSAL_OUTSIDE;
	return zone->len == prefix->len ? REFUSAL_APEX : REFUSAL_NONE;
}

enum refusal plan_ptr(const struct plan_context *c, const struct prefix *address, uint32_t *ret_asn)
{
	enum refusal r = find_owner(c, address, ret_asn);
	if (r != REFUSAL_NONE)
		return r;
	return allocations_find(c->allocations, address) == NULL ? REFUSAL_OUTSIDE : REFUSAL_NONE;
}

bool plan_is_assigned(const struct assignments *a, const struct prefix *p, uint32_t asn)
{
	const struct assignment *found = assignments_find(a, p);

	return found != NULL && found->asn == asn;
}
