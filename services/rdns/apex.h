/* What a reverse zone of the POP has for itself, beside what members have in it. Pure. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_APEX_H
#define FONTAINE_RDNS_APEX_H

#include "base/pop.h"

#include <stdbool.h>

#include <ldns/ldns.h> /* after stdbool.h, or it makes a bool of its own */

/**
 * Append the records of the zone @origin itself: its servers, the POP's own and the secondaries; and where its
 * children say that their CDS or CSYNC records have changed (DSYNC, RFC 9859).
 */
void apex_add(ldns_rr_list *list, const struct pop *p, const char *origin);

#endif
