/* Whether records are signed, and records of keys belong together (RFC 4034, RFC 4035). Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_DELEGATION_SIGNATURE_H
#define FONTAINE_DELEGATION_SIGNATURE_H

#include <stdbool.h>
#include <time.h>

#include <ldns/ldns.h> /* after stdbool.h, or it makes a bool of its own */

enum signature {
	SIGNATURE_VALID,
	SIGNATURE_MISSING,
	SIGNATURE_EXPIRED,
	SIGNATURE_EARLY, /* not valid yet */
	SIGNATURE_BOGUS, /* wrong, or by none of the keys */
	SIGNATURES
};

/** How @rrs of @section of @p are signed at @now; the best signature by one of @keys counts. */
enum signature signature_of(const ldns_rr_list *rrs, const ldns_pkt *p, ldns_pkt_section section,
                            const ldns_rr_list *keys, time_t now);

/**
 * Whether one of @keys has signed @rrs, in the answer of @p, validly at @now. *ret_inception: since when the
 * oldest of such signatures is valid.
 */
bool signature_oldest(const ldns_rr_list *rrs, const ldns_pkt *p, const ldns_rr_list *keys, time_t now,
                      time_t *ret_inception);

/** Whether @ds, a DS or CDS, is one of @key, a DNSKEY or CDNSKEY. */
bool signature_is_ds_of(const ldns_rr *ds, const ldns_rr *key);

/** Whether both, DNSKEY or CDNSKEY, are one key; or both, DS or CDS, of one. */
bool signature_is_same_key(const ldns_rr *a, const ldns_rr *b);

#endif
