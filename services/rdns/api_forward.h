/* The API's operation that looks up whether a hosted name leads back to its address. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_FORWARD_H
#define FONTAINE_RDNS_API_FORWARD_H

#include "rdns/api_call.h"

void api_get_forward(struct api_call *c);

#endif
