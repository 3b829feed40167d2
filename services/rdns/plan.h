/*
 * Whether a delegation or a PTR may be set up, and whose it will be, as far as assignments, the POP's own
 * zones and the asker's role tell; what is there already is for rdns/edit.h. Operators act for the member
 * that the prefix is assigned to. Pure.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PLAN_H
#define FONTAINE_RDNS_PLAN_H

#include "rdns/allocations.h"
#include "rdns/assignments.h"
#include "rdns/rights.h"

/** What a decision depends on; all is borrowed. */
struct plan_context {
	const struct who *who;
	const struct assignments *assignments;
	const struct allocations *allocations;
};

/** To delegate @prefix. Return: REFUSAL_NONE and the member whose it will be, or why not. */
enum refusal plan_delegation(const struct plan_context *c, const struct prefix *prefix, uint32_t *ret_asn);

/** To host the PTR of @address, a whole one. Return: as above. */
enum refusal plan_ptr(const struct plan_context *c, const struct prefix *address, uint32_t *ret_asn);

/** Whether all of @p is assigned to the member @asn. */
bool plan_is_assigned(const struct assignments *a, const struct prefix *p, uint32_t asn);

#endif
