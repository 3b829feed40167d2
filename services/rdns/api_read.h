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

/**
 * Whether @c's asker may see what belongs to the member of its ?asn=, or of none: then all that is its own.
 * If not, it is refused.
 */
bool api_may_list(struct api_call *c);

/** In a job: the member whose things are listed, 0: of all. Return: 0, -ENOENT when nobody is it, or as db_exec(). */
int api_listed_member(sqlite3 *db, const struct api_call *c, int64_t *ret);

/** Reply with the list that a job has made; of a member that nobody is, it is empty. */
void api_listed(struct api_call *c, int rc);

/** Put {"items": @items, "next": @next} in place of the reply; @next "": null. */
void api_page(struct api_call *c, yyjson_mut_val *items, const char *next);

/**
 * Refuse to show or end what is at the prefix asked for, which is not there or another's: only who holds the
 * prefix is told that it has nothing there.
 */
void api_refuse_absent(struct api_call *c);

#endif
