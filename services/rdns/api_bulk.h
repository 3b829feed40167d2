/* The API's operation that changes many hosted names at once. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_BULK_H
#define FONTAINE_RDNS_API_BULK_H

#include "rdns/api_call.h"

void api_change_ptrs(struct api_call *c);

#endif
