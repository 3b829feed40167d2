/* The API's operations on checks: the last ones, how far one is, and a new one. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_CHECK_H
#define FONTAINE_RDNS_API_CHECK_H

#include "rdns/api_call.h"

void api_list_checks(struct api_call *c);
void api_get_check(struct api_call *c);
void api_start_check(struct api_call *c);

/** When a check could not be started, as checking_start() has @rc. */
void api_refuse_check(struct api_call *c, int rc);

#endif
