/* The API's reading operations: what a member may see is its own, what operators may see is everything. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_READ_H
#define FONTAINE_RDNS_API_READ_H

#include "rdns/api_call.h"

void api_list_prefixes(struct api_call *c);
void api_list_delegations(struct api_call *c);
void api_get_delegation(struct api_call *c);
void api_list_ptrs(struct api_call *c);
void api_get_ptr(struct api_call *c);
void api_list_audit(struct api_call *c);

/** Reply with a page of what @list finds, if the asker may see what belongs to the member of its ?asn=. */
void api_list(struct api_call *c, api_list_fn list);

/**
 * Refuse to show or end what is at the prefix asked for, which is not there or another's: only who holds the
 * prefix is told that it has nothing there.
 */
void api_refuse_absent(struct api_call *c);

#endif
