/* The API's import of delegations, by operators: many at once, without checks. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_IMPORT_H
#define FONTAINE_RDNS_API_IMPORT_H

#include "rdns/api_call.h"

void api_import_delegations(struct api_call *c);

/** Whether all glue of @d is where name servers may be; if not, @reterr names an address that is not. */
bool api_has_reachable_glue(const struct pop *p, const struct delegated *d, char reterr[API_DETAIL_MAX]);

#endif
