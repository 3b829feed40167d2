/* The API's changing operations: PUT and DELETE of a delegation or of a hosted name. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_CHANGE_H
#define FONTAINE_RDNS_API_CHANGE_H

#include "rdns/api_call.h"

void api_change_delegation(struct api_call *c);
void api_change_ptr(struct api_call *c);

#endif
