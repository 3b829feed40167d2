/* `/queue`: a page asks for a place for its test, and how it stands with it. */
/* SPDX-License-Identifier: MIT */
#ifndef FONTAINE_SPEEDTEST_QUEUE_H
#define FONTAINE_SPEEDTEST_QUEUE_H

#include "net/http.h"

/** Handlers' data is struct speedtest. */
extern const struct http_route queue_routes[];

#endif
