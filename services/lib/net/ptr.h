/*
 * The name of an address, as the POP's own resolver finds it: its PTR record, and
 * whether that name leads back to the address (forward-confirmed).
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_NET_PTR_H
#define FONTAINE_NET_PTR_H

#include "base/addr.h"

#include <ldns/ldns.h>
#include <uv.h>

enum { PTR_LIMIT_MS = 2000 }; /* for both questions */

enum ptr_outcome {
	PTR_CONFIRMED,   /* its name leads back to the address */
	PTR_UNCONFIRMED, /* it does not */
	PTR_UNCHECKED,   /* whether it does could not be found out */
	PTR_NONE,        /* there is no name */
	PTR_UNKNOWN,     /* that could not be found out */
	PTR_OUTCOMES,
};

/** @name: without its last dot, borrowed; NULL when there is none, or it is not known. */
typedef void (*ptr_done)(void *data, enum ptr_outcome outcome, const char *name);

/** Look up the name of @a at @resolver. @on_done comes once, on the loop, within PTR_LIMIT_MS, never at once. */
void ptr_look_up(uv_loop_t *loop, const struct addr *resolver, const struct addr *a, ptr_done on_done, void *data);

/** That @address has this name, without a dot at its end. */
struct ptr_claim {
	struct addr resolver, address;
	const char *name;
};

/** Look up only whether it does: PTR_CONFIRMED, PTR_UNCONFIRMED or PTR_UNCHECKED. Otherwise as ptr_look_up(). */
void ptr_confirm(uv_loop_t *loop, const struct ptr_claim *claim, ptr_done on_done, void *data);

/** The first name that @answer gives, with a dot at its end; release with free(). NULL: none. Pure. */
char *ptr_name_in(const ldns_pkt *answer);

/** Whether @answer has the address @a. Pure. */
bool ptr_has_address(const ldns_pkt *answer, const struct addr *a);

#endif
