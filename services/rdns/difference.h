/*
 * What a zone has to be told to become what is wanted, as the records of an update (RFC 2136, 2.5):
 * all of a name stand together, deletions first, since a CNAME is not taken beside others.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_DIFFERENCE_H
#define FONTAINE_RDNS_DIFFERENCE_H

#include <stdbool.h>

#include <ldns/ldns.h> /* after stdbool.h, or it makes a bool of its own */

/**
 * Append to @out what makes @served, as a zone transfer gave it, into @wanted. What is the server's own
 * is left alone: SOA, keys, signatures, NSEC. Both lists are put into canonical form and order.
 * Return: how many records were too many or missing.
 */
size_t difference_of(ldns_rr_list *served, ldns_rr_list *wanted, ldns_rr_list *out);

/**
 * Append to @out what puts @after in the place of @before, whatever is served now: sent twice, it does the
 * same. A name and type of either list has afterwards what @after says. Lists as above.
 */
void difference_replace(ldns_rr_list *before, ldns_rr_list *after, ldns_rr_list *out);

/**
 * Append to @out what an update has to say before the one with @updates: Knot 3.4 takes no alias for a name
 * whose other records the same update deletes, nor other records for what was an alias.
 */
void difference_clear(const ldns_rr_list *updates, ldns_rr_list *out);

/** Take away from @updates, which is in order, all of names that @others has records of. */
void difference_leave_alone(ldns_rr_list *updates, ldns_rr_list *others);

/**
 * How many records of @updates, from @from on, fit into @max_bytes without parting a name's; at least
 * one name's, even if they do not. 0 at the end.
 */
size_t difference_part(const ldns_rr_list *updates, size_t from, size_t max_bytes);

#endif
