/* The API's session: who the client is, and a cookie for the page instead of a token. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_RDNS_API_SESSION_H
#define FONTAINE_RDNS_API_SESSION_H

#include "rdns/api_call.h"

void api_get_session(struct api_call *c);
void api_end_session(struct api_call *c);

/** Of whoever, whose token is in the body. */
void api_start_session(struct api_call *c);

#endif
