/*
 * Whether an AS may announce a prefix (RFC 6811), by validated ROA payloads as
 * rpki-client writes them in CSV: "AS64496,192.0.2.0/24,24,arin,1700000000" has
 * the AS, the prefix, the longest prefix of it that may be announced, the trust
 * anchor and when the payload ends, in Unix seconds. A first line names the columns.
 */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_BASE_RPKI_H
#define FONTAINE_BASE_RPKI_H

#include "base/prefix_table.h"

extern const struct prefix_table_kind rpki_kind;

enum rpki_state {
	RPKI_UNKNOWN,   /* there is no table */
	RPKI_NOT_FOUND, /* no payload covers the prefix */
	RPKI_INVALID,   /* some do, none with this AS and length */
	RPKI_VALID,
};

extern const char *const rpki_state_names[]; /* "unknown", "not-found", "invalid", "valid" */

/**
 * The state of a route to @p from @asn, 0 for a route whose origin is no single AS, by the
 * payloads in @t (NULL: RPKI_UNKNOWN) that have not ended at @now, Unix seconds.
 */
enum rpki_state rpki_validate(const struct prefix_table *t, const struct prefix *p, uint32_t asn, int64_t now);

#endif
