/*
 * What a request of a member or an operator becomes: of a prefix, the zones to delegate; of an
 * address, the name that its PTR stands at. Or why it is refused. Pure.
 *
 * A delegation is refused where another one is inside it or around it, of whomever, and where
 * PTRs are hosted, which it would hide; a PTR where a delegation hides it. Operators act for
 * the member that the prefix is assigned to. What is there already is deleted by whom it belongs
 * to (rights_refuse()), also when the prefix has gone to another member since.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_PLAN_H
#define FONTAINE_RDNS_PLAN_H

#include "base/reverse.h"
#include "rdns/allocations.h"
#include "rdns/assignments.h"
#include "rdns/rights.h"

/** A delegation or a PTR that is there already. */
struct present {
	struct prefix prefix; /* of a PTR: /32 or /128 */
	uint32_t asn;
};

/** What a decision depends on; all is borrowed. */
struct plan_context {
	const struct who *who;
	const struct assignments *assignments;
	const struct allocations *allocations;
	/** Those that overlap what is asked for, in any order; others do no harm. */
	const struct present *delegations, *ptrs;
	size_t n_delegations, n_ptrs;
};

struct plan {
	struct prefix prefix;
	enum reverse_form form; /* of an RFC 2317 zone */
	uint32_t asn;           /* whose it will be */
	unsigned n_zones;       /* to delegate, by reverse_zone() */
	struct prefix parent;   /* the POP's zone that they are delegated from */
	bool is_there;          /* the same prefix is delegated already: what it has is replaced */
};

/**
 * A prefix, an address, or the name of a reverse zone in any form; a prefix's zone gets the
 * form that registries take. Return: REFUSAL_NONE or REFUSAL_NO_PREFIX.
 */
enum refusal plan_parse(const char *text, struct prefix *ret, enum reverse_form *ret_form);

/** To delegate @prefix. Return: REFUSAL_NONE and *ret, or why not. */
enum refusal plan_delegation(const struct plan_context *c, const struct prefix *prefix, enum reverse_form form,
                             struct plan *ret);

struct plan_ptr {
	struct prefix address; /* /32 or /128 */
	uint32_t asn;
	struct prefix parent; /* the POP's zone that the name is in */
	bool is_there;
	char name[REVERSE_NAME_MAX]; /* without a dot at its end */
};

/** To host the PTR of the address @text. Return: as above. */
enum refusal plan_ptr(const struct plan_context *c, const char *text, struct plan_ptr *ret);

#endif
